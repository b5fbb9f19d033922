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
    for (String language : List.of("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru")) {
      Map<String, List<List<String>>> all = pronouncer.pronounce(words, language);
      assertThat(all.keySet()).containsExactlyInAnyOrderElementsOf(words);
      all.values().stream()
          .flatMap(List::stream)
          .forEach(p -> assertThat(inventory).containsAll(p));
    }
  }

  @Test
  void otherScriptsAreRomanised() throws IOException {
    assertThat(pronouncer.supports("ru")).isFalse();
    assertThat(forms("москва", "ru")).anyMatch(p -> p.startsWith("m o s k"));
  }

  @Test
  void whatCannotBeSpokenHasNoForms() throws IOException {
    assertThat(forms("♪", "en")).isEmpty();
  }
}
