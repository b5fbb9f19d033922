package org.chorale.align;

import java.util.List;
import java.util.Objects;
import org.chorale.text.Word;

/**
 * One word of the text with its place in the audio.
 *
 * @param text the word as written
 * @param charStart first UTF-16 code unit in the text
 * @param charEnd one past the last
 * @param line index of its line
 * @param status how it came by its times
 * @param startSeconds start, seconds from the first decoded sample; NaN when missing
 * @param endSeconds end, not before the start; NaN when missing
 * @param confidence 0 to 1; 0 when missing
 * @param phones its phones in order; empty when missing or interpolated
 */
public record AlignedWord(
    String text,
    int charStart,
    int charEnd,
    int line,
    WordStatus status,
    double startSeconds,
    double endSeconds,
    double confidence,
    List<AlignedPhone> phones) {

  /** Checks that the times fit the status and takes an immutable copy of the phones. */
  public AlignedWord {
    Objects.requireNonNull(text, "text");
    phones = List.copyOf(phones);
    boolean timed = startSeconds >= 0 && endSeconds >= startSeconds;
    if (status == WordStatus.MISSING ? !Double.isNaN(startSeconds) : !timed) {
      throw new IllegalArgumentException(
          "word '%s' is %s but runs from %s to %s"
              .formatted(text, status, startSeconds, endSeconds));
    }
  }

  /**
   * A word that was found.
   *
   * @param written as it stands in the text
   * @param phones none where they were not looked at
   */
  public static AlignedWord found(
      Word written,
      double startSeconds,
      double endSeconds,
      double confidence,
      List<AlignedPhone> phones) {
    return new AlignedWord(
        written.text(),
        written.charStart(),
        written.charEnd(),
        written.line(),
        WordStatus.ALIGNED,
        startSeconds,
        endSeconds,
        confidence,
        phones);
  }

  /** Whether the word has times. */
  public boolean isTimed() {
    return status != WordStatus.MISSING;
  }
}
