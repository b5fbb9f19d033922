package org.chorale.pronunciation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The net, as shipped and as run here, against espeak-ng on words that it was not trained on. */
class HeldOutWordsTest {

  private static final Path MODEL = Path.of("models/g2p-v1");

  @ParameterizedTest
  @CsvSource({
    "en, en-us, 8",
    "de, de, 4",
    "fr, fr, 4",
    "es, es, 4",
    "it, it, 4",
    "pt, pt-br, 4",
    "nl, nl, 4",
    "ru, ru, 6",
    "pl, pl, 4",
    "sv, sv, 4",
    "tr, tr, 4",
    "cs, cs, 4",
    "hu, hu, 4",
    "ro, ro, 4",
    "ca, ca, 4",
    "el, el, 4",
    "fi, fi, 4"
  })
  void phoneErrorRate(String language, String voice, double mostPercent) throws Exception {
    List<String> words = new ArrayList<>();
    List<List<String>> truths = new ArrayList<>();
    for (String line : Files.readAllLines(MODEL.resolve("train/heldout-" + language + ".tsv"))) {
      String[] cells = line.split("\t", -1);
      words.add(cells[0]);
      truths.add(Arrays.asList(cells[1].split(" ")));
    }
    assertThat(words).hasSize(2000);
    int errors = 0;
    int phones = 0;
    try (LetterToPhoneModel model =
        LetterToPhoneModel.load(ModelFolder.open(MODEL), new OrtRuntime(2, Device.cpu()))) {
      List<List<String>> guesses = model.pronounce(words, voice);
      for (int i = 0; i < words.size(); i++) {
        errors += distance(guesses.get(i), truths.get(i));
        phones += truths.get(i).size();
      }
      // What a word gets does not depend on the words it is asked with.
      assertThat(model.pronounce(words.subList(7, 8), voice)).isEqualTo(guesses.subList(7, 8));
    }
    assertThat(100.0 * errors / phones).isLessThan(mostPercent);
  }

  private static int distance(List<String> a, List<String> b) {
    int[] row = new int[b.size() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.size(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.size(); j++) {
        int change = diagonal + (a.get(i - 1).equals(b.get(j - 1)) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.size()];
  }
}
