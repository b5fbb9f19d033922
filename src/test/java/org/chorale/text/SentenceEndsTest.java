package org.chorale.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.chorale.text.spoken.SentenceEnds;
import org.chorale.text.spoken.SentenceLexica;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bar stands where a sentence ends. */
class SentenceEndsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "en # Dr. Miller met Mr. and Mrs. Smith. | They left.",
        "en # It was No. 5. | He said no. | Then he left.",
        "en # J. S. Bach was born in Eisenach. | J.S. Bach wrote it.",
        "en # St. Petersburg is cold. | He lives on Main St. | He likes it.",
        "en # Fruit, e.g. Apples, is good. | Buy apples, pears, etc. | Peter likes them.",
        "en # He came in 1999. | Then he left. | This is chapter 3. | It begins here.",
        "en # It costs 3.5 million. | See www.example.org. | It is good.",
        "en # Wait... | Peter is here... and so is Paul.",
        "en # He left the U.S. | They followed. | The U.S. President spoke.",
        "en # It starts at 5 p.m. | Come early.",
        "en # John F. Kennedy was older than I. | Robert was not.",
        "en # Apple Inc. Watches its money. | Martin Luther King Jr. | He had a dream.",
        "en # MR. MILLER LEFT. | HE IS GONE.",
        "en # On Jan. 5 it rained. | He met Prof. Brown, Ph.D. | It went well.",
        "en # Malcolm X. | He was shot. | World War I. | It began in 1914.",
        "en # \"Mr. Smith!\" he said. | \"Yes.\" | He went. | (Not far.) | So it was.",
        "de # Am 3. Oktober fuhr er los. | Der 2. Weltkrieg war vorbei.",
        "de # Im 19. Jahrhundert lebte Ludwig XVIII. | Er starb. | König Ludwig XIV. Sonne des Hofs.",
        "de # Das ist Kapitel 3. | Es beginnt hier. | Er kam 1999. | Dann ging er.",
        "de # Obst, z. B. Äpfel und z.B. Birnen, ist gut. | D. h. Äpfel auch.",
        "de # Dr. Müller wohnt bei Prof. Meier. | Fr. Schulz kommt mit Hrn. Schmidt.",
        "de # Brot, Butter usw. | Peter kauft alles. | Vgl. Kapitel 2. | Es hilft.",
        "de # Der 1., 2. und 3. Platz. | Seine 5. Sinfonie ist schön. | Er wurde 30. | Peter auch.",
        "de # Er lebte 300 v. Chr. | Dann starb er. | J. S. Bach und Th. Mann. | Ende.",
        "de # Er heißt Max. | Peter heißt er nicht. | Das geschah im Jahr 44 n. Chr. in Rom.",
        "de # Am 3. 10. 1990 war es so weit. | Ca. 20 Leute kamen. | Das Haus Nr. 5 brennt.",
        "fr # M. Dupont et Mme. Curie sont là. | Ils partent. | Le Dr. Martin aussi.",
        "fr # Des fruits, p. ex. Pommes ou poires, etc. | Il les aime.",
        "fr # C'est le chapitre 3. | Il commence ici. | Il est né en 50 av. J.-C. | Il est mort.",
        "fr # J.-P. Sartre est né à Paris. | V. Hugo aussi. | Voir p. 5. | Cf. Molière.",
        "es # El Sr. García y la Dra. López llegaron. | Se fueron. | D. Quijote vive.",
        "es # Compró pan, leche, etc. | Luego salió. | Los EE. UU. | Luego, p. ej. Madrid.",
        "es # Es el capítulo 3. | Empieza aquí. | Vive en la Av. Colón. | Él es Ud. | ¿Yo?",
        "es # Llega a las 5 p. m. | Juan espera. | J. L. Borges escribe. | Vea la pág. 7.",
        "it # Il Sig. Rossi e il Dott. Bianchi sono qui. | Vanno via.",
        "it # Pane, latte, ecc. | Poi esce. | Il Prof. Moro. | Vedi pag. 7. | Fine.",
        "it # È il capitolo 3. | Comincia qui. | G. Verdi nacque a Busseto. | Nel 44 a.C. | Poi morì.",
        "it # Frutta, p. es. Mele. | S. Francesco e la S.p.A. Fiat.",
        "pt # O Sr. Silva e a Dra. Costa chegaram. | Eles saíram. | A Av. Paulista é longa.",
        "pt # Pão, leite, etc. | Depois saiu. | Por ex. Lisboa. | Veja a pág. 7.",
        "pt # É o capítulo 3. | Ele começa aqui. | J. Saramago escreveu. | S. Pedro.",
        "nl # Dhr. De Vries en mevr. Jansen zijn er. | Ze gaan weg. | Zie blz. 7.",
        "nl # Brood, melk, enz. | Peter koopt het. | Fruit, bijv. Appels. | Prof. Dr. Smit.",
        "nl # Dit is hoofdstuk 3. | Het begint hier. | Hij kwam in 1999. | Toen ging hij.",
        "nl # J. C. Bloem dichtte. | Het is o.a. Jan. | Dat was 50 v. Chr. | Toen niet.",
        "ru # Хлеб, молоко и т. д. | Потом он ушёл. | А. С. Пушкин родился в Москве.",
        "tlh # J. S. Bach. | Qapla. | Heh.",
      })
  void aFullStopEndsASentenceOrDoesNot(String language, String text) {
    SentenceEnds ends = new SentenceLexica().of(language);
    List<String> words = new ArrayList<>();
    List<Integer> bars = new ArrayList<>();
    for (String word : text.trim().split(" +")) {
      if (word.equals("|")) {
        bars.add(words.size());
      } else {
        words.add(word);
      }
    }
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i + 1 < words.size(); i++) {
      int from = Math.max(0, i - SentenceEnds.REACH);
      int to = Math.min(words.size(), i + 1 + SentenceEnds.REACH);
      if (words.get(i).matches(".*[.!][\"')]*") && ends.isEnd(words.subList(from, to), i - from)) {
        found.add(i + 1);
      }
    }
    assertThat(found).as(text).isEqualTo(bars);
  }
}
