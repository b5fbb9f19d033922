package org.chorale.align;

/**
 * One line of the text with its place in the audio.
 *
 * @param text the line as written
 * @param firstWord index of its first word
 * @param wordCount number of its words
 * @param startSeconds start of its first timed word; NaN when none has times
 * @param endSeconds end of its last timed word; NaN when none has times
 * @param confidence 0 to 1
 */
public record AlignedLine(
    String text,
    int firstWord,
    int wordCount,
    double startSeconds,
    double endSeconds,
    double confidence) {

  /** Whether any word of the line has times. */
  public boolean isTimed() {
    return !Double.isNaN(startSeconds);
  }
}
