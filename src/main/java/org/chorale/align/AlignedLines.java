package org.chorale.align;

import java.util.ArrayList;
import java.util.List;
import org.chorale.text.Document;
import org.chorale.text.Line;
import org.chorale.text.Word;

/** The lines of a text from its aligned words. */
public final class AlignedLines {

  private AlignedLines() {}

  /** Every line: from its first word that is spoken and timed to its last timed one. */
  public static List<AlignedLine> of(Document document, List<AlignedWord> words) {
    List<AlignedLine> lines = new ArrayList<>();
    for (Line line : document.lines()) {
      double start = Double.NaN;
      double end = Double.NaN;
      double sum = 0;
      int spoken = 0;
      for (int w = line.firstWord(); w < line.firstWord() + line.wordCount(); w++) {
        AlignedWord word = words.get(w);
        Word written = document.words().get(w);
        if (word.isTimed() && (written.isSpoken() || Double.isNaN(start))) {
          start = Double.isNaN(start) ? word.startSeconds() : start;
        }
        if (word.isTimed()) {
          end = word.endSeconds();
        }
        if (written.isSpoken()) {
          spoken++;
          sum += word.confidence();
        }
      }
      lines.add(
          new AlignedLine(
              line.text(),
              line.firstWord(),
              line.wordCount(),
              start,
              end,
              spoken == 0 ? 1 : sum / spoken));
    }
    return lines;
  }
}
