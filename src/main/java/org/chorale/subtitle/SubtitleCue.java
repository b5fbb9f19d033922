package org.chorale.subtitle;

import java.util.ArrayList;
import java.util.List;
import org.chorale.align.AlignedWord;

/**
 * What is seen at a time. Times are whole milliseconds, so that no format rounds a gap away.
 *
 * @param startSeconds when it appears
 * @param endSeconds when it goes
 * @param words its words; those that are missing have no times
 * @param rowStarts index of the first word of every row, the first one 0
 */
public record SubtitleCue(
    double startSeconds, double endSeconds, List<AlignedWord> words, List<Integer> rowStarts) {

  /** Takes immutable copies. */
  public SubtitleCue {
    words = List.copyOf(words);
    rowStarts = List.copyOf(rowStarts);
  }

  /** Its rows of text. */
  public List<String> rows() {
    List<String> rows = new ArrayList<>();
    for (int r = 0; r < rowStarts.size(); r++) {
      int to = r + 1 < rowStarts.size() ? rowStarts.get(r + 1) : words.size();
      rows.add(
          String.join(
              " ", words.subList(rowStarts.get(r), to).stream().map(AlignedWord::text).toList()));
    }
    return rows;
  }

  /** Characters of all rows. */
  public int characters() {
    return rows().stream().mapToInt(String::length).sum();
  }

  /** How long it is seen. */
  public double seconds() {
    return endSeconds - startSeconds;
  }
}
