package org.chorale.align;

import java.util.List;
import java.util.Objects;

/**
 * The result: when every word of a text is heard in a recording. Immutable; what every exporter
 * writes. Times are seconds from the first sample of the decoded stream.
 *
 * @param audio the recording
 * @param language primary language tag
 * @param mode "speech" or "lyrics"
 * @param model name of the acoustic model
 * @param confidence 0 to 1, over the whole text
 * @param verdict whether the text is what is heard
 * @param lines lines in order
 * @param words every whitespace-separated word of the text, in order, none left out
 */
public record Alignment(
    Audio audio,
    String language,
    String mode,
    String model,
    double confidence,
    Verdict verdict,
    List<AlignedLine> lines,
    List<AlignedWord> words) {

  /**
   * What the alignment refers to.
   *
   * @param path the recording's path as the user gave it
   * @param durationSeconds length of the decoded stream
   * @param sampleRate sample rate of the file, Hz
   * @param channels channels of the file
   */
  public record Audio(String path, double durationSeconds, int sampleRate, int channels) {}

  /** Takes immutable copies. */
  public Alignment {
    Objects.requireNonNull(audio, "audio");
    Objects.requireNonNull(verdict, "verdict");
    lines = List.copyOf(lines);
    words = List.copyOf(words);
  }
}
