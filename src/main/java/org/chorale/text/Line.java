package org.chorale.text;

import java.util.Objects;

/**
 * One line of a {@link Document} that holds at least one word; blank lines are not lines.
 *
 * @param text the line as written, without surrounding whitespace
 * @param charStart first UTF-16 code unit of {@code text} in {@link Document#text()}
 * @param charEnd one past its last UTF-16 code unit
 * @param firstWord index of its first word
 * @param wordCount number of its words, at least 1
 */
public record Line(String text, int charStart, int charEnd, int firstWord, int wordCount) {

  /** Checks the counts. */
  public Line {
    Objects.requireNonNull(text, "text");
    if (wordCount < 1 || firstWord < 0 || charEnd - charStart != text.length()) {
      throw new IllegalArgumentException("line '%s' is inconsistent".formatted(text));
    }
  }
}
