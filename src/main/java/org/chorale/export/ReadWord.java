package org.chorale.export;

import java.util.List;
import java.util.Optional;
import org.chorale.align.AlignedPhone;
import org.chorale.align.WordStatus;
import org.chorale.melody.Note;

/**
 * A word as a file has it, before it has its place in the text.
 *
 * @param text without white space, not empty
 * @param status how it came by its times
 * @param start seconds; NaN when missing
 * @param end seconds; NaN when missing
 * @param confidence 0 to 1
 * @param phones its phones
 * @param parts its syllables, empty when the file does not divide it
 */
record ReadWord(
    String text,
    WordStatus status,
    double start,
    double end,
    double confidence,
    List<AlignedPhone> phones,
    List<Part> parts) {

  /**
   * A syllable of it.
   *
   * @param text its letters
   * @param start seconds
   * @param end seconds
   * @param note its note, if the file has one
   */
  record Part(String text, double start, double end, Optional<Note> note) {}

  /** A word with its times. */
  static ReadWord timed(String text, double start, double end) {
    return new ReadWord(text, WordStatus.ALIGNED, start, end, 1, List.of(), List.of());
  }

  /** A word without times. */
  static ReadWord untimed(String text) {
    return new ReadWord(text, WordStatus.MISSING, Double.NaN, Double.NaN, 0, List.of(), List.of());
  }

  boolean isTimed() {
    return status != WordStatus.MISSING;
  }

  ReadWord withTimes(double newStart, double newEnd) {
    return new ReadWord(text, status, newStart, newEnd, confidence, phones, parts);
  }

  ReadWord withPhones(List<AlignedPhone> found) {
    return new ReadWord(text, status, start, end, confidence, found, parts);
  }
}
