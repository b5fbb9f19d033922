package org.chorale.syllable;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of words that were split by hand, with the pronunciations of our own model. */
class HandCheckedSyllablesTest {

  private static Pronouncer pronouncer;

  @BeforeAll
  static void load() throws IOException {
    pronouncer =
        Pronouncer.load(
            ModelFolder.open(Path.of("models/g2p-v1")), new OrtRuntime(2, Device.cpu()));
  }

  @AfterAll
  static void close() {
    pronouncer.close();
  }

  /** Language, least words, most that may be split otherwise; with phones and from the spelling. */
  @ParameterizedTest
  @CsvSource({
    "en, 60, 1, 23",
    "de, 60, 0, 5",
    "fr, 50, 0, 1",
    "es, 50, 0, 0",
    "it, 60, 1, 2",
    "pt, 60, 1, 2",
    "nl, 60, 0, 0"
  })
  void wordsAreSplitAsByHand(String language, int words, int wrong, int wrongSpelled)
      throws IOException {
    List<String> list = list(language);
    assertThat(list.size()).isGreaterThanOrEqualTo(words);
    Syllabifier spoken = new Syllabifier(language, word -> phones(word, language));
    Syllabifier spelled = new Syllabifier(language, Pronunciations.NONE);
    List<String> otherwise = new ArrayList<>();
    List<String> spelledOtherwise = new ArrayList<>();
    for (String word : list) {
      String whole = word.equals("well-known") ? word : word.replace("-", "");
      String split = String.join("-", spoken.split(whole)).replace("--", "-");
      if (!split.equals(word)) {
        otherwise.add(word + ": " + split + " " + phones(whole.toLowerCase(Locale.ROOT), language));
      }
      split = String.join("-", spelled.split(whole)).replace("--", "-");
      if (!split.equals(word)) {
        spelledOtherwise.add(word + ": " + split);
      }
    }
    assertThat(otherwise).hasSizeLessThanOrEqualTo(wrong);
    assertThat(spelledOtherwise).hasSizeLessThanOrEqualTo(wrongSpelled);
  }

  private static List<String> phones(String word, String language) {
    try {
      List<List<String>> all = pronouncer.pronounce(List.of(word), language).get(word);
      return all.isEmpty() ? List.of() : all.get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> list(String language) throws IOException {
    String name = "/syllables/" + language + ".txt";
    try (InputStream in = HandCheckedSyllablesTest.class.getResourceAsStream(name)) {
      return List.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().split("\\s+"));
    }
  }
}
