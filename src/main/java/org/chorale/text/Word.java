package org.chorale.text;

import java.util.List;
import java.util.Objects;

/**
 * One whitespace-separated word of a {@link Document}, spelled as in the text, punctuation
 * included.
 *
 * @param text the word as written; never empty
 * @param charStart first UTF-16 code unit of the word in {@link Document#text()}
 * @param charEnd one past its last UTF-16 code unit
 * @param line index of the line that holds it
 * @param readings the ways it may be spoken, most likely first; each reading is a list of
 *     lower-case spoken words made of letters, apostrophes and hyphens only ("$3.50": [[three,
 *     dollars, fifty], [three, dollars, and, fifty, cents]]). Empty when the word is not expected
 *     in the audio (a stage direction, a lone punctuation mark)
 */
public record Word(String text, int charStart, int charEnd, int line, List<List<String>> readings) {

  /** Checks the offsets and takes immutable copies. */
  public Word {
    Objects.requireNonNull(text, "text");
    if (charStart < 0 || charEnd - charStart != text.length() || text.isEmpty()) {
      throw new IllegalArgumentException(
          "word '%s' does not span %d..%d".formatted(text, charStart, charEnd));
    }
    readings = readings.stream().map(List::copyOf).toList();
  }

  /** Whether the audio is expected to hold this word. */
  public boolean isSpoken() {
    return !readings.isEmpty();
  }
}
