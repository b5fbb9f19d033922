package org.chorale.synth;

/**
 * A word of the text with its place in the sound.
 *
 * @param index which word of the text
 * @param startSeconds when it starts, seconds from the first sample; NaN when it is not spoken
 * @param endSeconds when it ends; NaN when it is not spoken
 */
public record SpokenWord(int index, double startSeconds, double endSeconds) {

  /** Whether it is heard at all. */
  public boolean isSpoken() {
    return !Double.isNaN(startSeconds);
  }
}
