package org.chorale.text;

import java.util.List;
import java.util.Objects;

/**
 * A text to be aligned: its lines and words with exact offsets into the original. Immutable.
 *
 * @param text the text that all offsets refer to, unchanged
 * @param language primary language tag (BCP 47), lower case
 * @param lines lines in order
 * @param words words of all lines in order
 */
public record Document(String text, String language, List<Line> lines, List<Word> words) {

  /** Takes immutable copies. */
  public Document {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(language, "language");
    lines = List.copyOf(lines);
    words = List.copyOf(words);
  }
}
