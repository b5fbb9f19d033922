package org.chorale.evaluation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the truth of a recording: {@code start <tab> end <tab> word}, one word a line. */
final class TruthReader {

  private TruthReader() {}

  /**
   * The words of a file; lines that do not begin with a number (a header) are passed over.
   *
   * @throws IOException when the file cannot be read or holds no word
   */
  static List<TruthWord> read(Path file) throws IOException {
    List<TruthWord> words = new ArrayList<>();
    for (String line : Files.readString(file, StandardCharsets.UTF_8).split("\\R")) {
      String[] cells = line.replace("\uFEFF", "").split("\t", -1);
      Double start = cells.length < 3 ? null : number(cells[0]);
      String spelling = cells.length < 3 ? "" : Spelling.of(cells[2]);
      if (start != null && !spelling.isEmpty()) {
        Double end = number(cells[1]);
        words.add(new TruthWord(start, end == null ? Double.NaN : end, spelling));
      }
    }
    if (words.isEmpty()) {
      throw new IOException(
          "'%s' holds no timed word; its lines are start, end and word, with tabs between."
              .formatted(file));
    }
    return words;
  }

  private static Double number(String cell) {
    try {
      double value = Double.parseDouble(cell.strip());
      return Double.isNaN(value) ? null : value;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
