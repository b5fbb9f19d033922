package org.chorale.align;

import java.util.List;
import org.chorale.text.Document;
import org.chorale.text.Word;

/** Words that no path placed. */
public final class Gaps {

  private Gaps() {}

  /** A word that was looked for and not found. */
  public static AlignedWord missing(Word word) {
    return new AlignedWord(
        word.text(),
        word.charStart(),
        word.charEnd(),
        word.line(),
        WordStatus.MISSING,
        Double.NaN,
        Double.NaN,
        0,
        List.of());
  }

  /**
   * Gives the words that were not looked for - stage directions, lone punctuation, words that the
   * model cannot spell - equal shares of the gap between their timed neighbours. They are sure to
   * be there when they are not spoken; of a spoken one the audio said nothing.
   *
   * @param out per word of the document what is known of it; null for those to place
   */
  public static void fill(Document document, AlignedWord[] out, double durationSeconds) {
    int w = 0;
    double previousEnd = 0;
    while (w < out.length) {
      if (out[w] != null) {
        previousEnd = out[w].isTimed() ? out[w].endSeconds() : previousEnd;
        w++;
        continue;
      }
      int run = w;
      int unplaced = 0;
      while (run < out.length && (out[run] == null || !out[run].isTimed())) {
        unplaced += out[run] == null ? 1 : 0;
        run++;
      }
      double nextStart = run < out.length ? out[run].startSeconds() : durationSeconds;
      double share = Math.max(0, nextStart - previousEnd) / unplaced;
      int placed = 0;
      for (int k = w; k < run; k++) {
        if (out[k] == null) {
          Word word = document.words().get(k);
          out[k] =
              new AlignedWord(
                  word.text(),
                  word.charStart(),
                  word.charEnd(),
                  word.line(),
                  WordStatus.INTERPOLATED,
                  previousEnd + share * placed,
                  previousEnd + share * (placed + 1),
                  word.isSpoken() ? 0 : 1,
                  List.of());
          placed++;
        }
      }
      w = run;
    }
  }
}
