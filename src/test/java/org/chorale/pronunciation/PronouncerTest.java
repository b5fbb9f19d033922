package org.chorale.pronunciation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PronouncerTest {

  private static Pronouncer pronouncer;
  private static Set<String> inventory;

  @BeforeAll
  static void load() throws IOException {
    ModelFolder folder = ModelFolder.open(Path.of("models/g2p-v1"));
    pronouncer = Pronouncer.load(folder, new OrtRuntime(2, Device.cpu()));
    inventory = new HashSet<>();
    ModelFolder.open(Path.of("models/speech-v1"))
        .manifest()
        .json()
        .path("vocabulary")
        .forEach(n -> inventory.add(n.asText()));
  }

  @AfterAll
  static void close() {
    pronouncer.close();
  }

  private static List<String> forms(String word, String language) throws IOException {
    return pronouncer.pronounce(List.of(word), language).get(word).stream()
        .map(p -> String.join(" ", p))
        .toList();
  }

  @Test
  void englishHasWeakFormsAndBothStandards() throws IOException {
    assertThat(forms("the", "en")).contains("ð ə", "ð i");
    assertThat(forms("a", "en")).contains("ə");
    assertThat(forms("and", "en")).contains("æ n d", "ə n");
    assertThat(forms("car", "en")).anyMatch(p -> p.endsWith("ɹ")).anyMatch(p -> p.endsWith("ɑ"));
  }

  @Test
  void wordsOutsideTheLexiconAreRead() throws IOException {
    assertThat(forms("lappen", "de")).contains("l a p ə n", "l a p n");
    assertThat(forms("blorptastic", "en")).isNotEmpty();
    assertThat(forms("chantent", "fr")).contains("ʃ ɑ̃ t", "ʃ ɑ̃ t ə");
  }

  @Test
  void everyPhoneIsOneThatTheAcousticModelKnows() throws IOException {
    List<String> words = List.of("zwölf", "garçon", "niño", "città", "coração", "ijsje", "o'clock");
    for (String language :
        List.of("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "el", "tr", "xx")) {
      Map<String, List<List<String>>> all = pronouncer.pronounce(words, language);
      assertThat(all.keySet()).containsExactlyInAnyOrderElementsOf(words);
      all.values().stream()
          .flatMap(List::stream)
          .forEach(p -> assertThat(inventory).containsAll(p));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ru, москва, m ʌ s k v a",
    "ru, рыба, ɾ ɨ b a",
    "pl, dziękuję, d ʒ ɛ ŋ k u j ɛ",
    "sv, flicka, f l ɪ k a",
    "tr, çocuk, t ʃ o d ʒ ʊ k",
    "cs, život, ʒ i v o t",
    "hu, magyar, m ɑ ɡ ɑ ɾ",
    "ro, ploaie, p l ɔ a j e",
    "ca, muntanya, m ʊ n t ɐ ɲ ɐ",
    "el, καλημέρα, k a l i m e ɾ a",
    "fi, kiitos, k i t o s"
  })
  void languagesReadTheirOwnLetters(String language, String word, String phones)
      throws IOException {
    assertThat(pronouncer.supports(language)).isTrue();
    assertThat(forms(word, language)).contains(phones);
  }

  @Test
  void lettersOfOtherLanguagesAreRomanised() throws IOException {
    assertThat(pronouncer.supports("uk")).isFalse();
    assertThat(pronouncer.readAs("uk")).isEqualTo("cs");
    assertThat(forms("чорний", "uk")).contains("t ʃ o ɾ ɲ i j");
    assertThat(pronouncer.readAs("zu")).isEqualTo("it");
    assertThat(forms("москва", "zu")).contains("m o s k v a");
    assertThat(forms("москва", "en")).anyMatch(p -> p.startsWith("m"));
    assertThat(forms("windows", "ru")).isEqualTo(forms("windows", "en"));
    assertThat(forms("toţi", "ro")).isEqualTo(forms("toți", "ro"));
  }

  @Test
  void whatCannotBeSpokenHasNoForms() throws IOException {
    assertThat(forms("♪", "en")).isEmpty();
  }
}
