package org.chorale.export;

import java.util.List;
import org.chorale.align.AlignedWord;

/**
 * What a subtitle shows at a time.
 *
 * @param startSeconds when it appears
 * @param endSeconds when it goes
 * @param words its words; those that are missing have no times
 * @param breakBefore index of the word that begins the second row, or 0 for one row
 */
public record Cue(
    double startSeconds, double endSeconds, List<AlignedWord> words, int breakBefore) {

  /** Its text, rows apart by a line feed. */
  public String text() {
    StringBuilder out = new StringBuilder();
    for (int w = 0; w < words.size(); w++) {
      if (w > 0) {
        out.append(w == breakBefore ? '\n' : ' ');
      }
      out.append(words.get(w).text());
    }
    return out.toString();
  }
}
