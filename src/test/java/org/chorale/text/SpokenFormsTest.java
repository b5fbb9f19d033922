package org.chorale.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Readings by table: {@code <language>.tsv} holds a text, its word in question (by number, from 0),
 * and the readings: the first must come first, the others must be there; "-" is not spoken.
 */
class SpokenFormsTest {

  private final DocumentParser parser = new DocumentParser();

  @TestFactory
  Stream<DynamicTest> readings() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (String language : List.of("en", "de", "fr", "es", "it", "pt", "nl", "tabled", "other")) {
      for (String row : rows(language)) {
        String[] columns = row.split("\t");
        String tag = columns.length > 3 ? columns[3] : language;
        tests.add(
            DynamicTest.dynamicTest(
                tag + ": " + columns[0] + " #" + columns[1],
                () -> check(tag, columns[0], Integer.parseInt(columns[1]), columns[2])));
      }
    }
    return tests.stream();
  }

  private void check(String language, String text, int index, String expected) {
    Document document = parser.parse(text.replace("\\n", "\n"), language);
    List<String> readings =
        document.words().get(index).readings().stream().map(r -> String.join(" ", r)).toList();
    if (expected.equals("-")) {
      assertThat(readings).isEmpty();
      return;
    }
    List<String> wanted = Arrays.asList(expected.split(" \\| "));
    assertThat(readings).containsAll(wanted);
    assertThat(readings.get(0)).isEqualTo(wanted.get(0));
  }

  private static List<String> rows(String language) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    SpokenFormsTest.class.getResourceAsStream(
                        "/org/chorale/text/spoken-" + language + ".tsv")),
                StandardCharsets.UTF_8))) {
      return reader.lines().filter(l -> !l.isBlank() && !l.startsWith("# ")).toList();
    }
  }
}
