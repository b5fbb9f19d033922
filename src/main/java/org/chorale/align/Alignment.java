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
 * @param wordsElsewhere words that are missing from their place and heard in another: why a text
 *     whose lines are in another order is refused
 */
public record Alignment(
    Audio audio,
    String language,
    String mode,
    String model,
    double confidence,
    Verdict verdict,
    List<AlignedLine> lines,
    List<AlignedWord> words,
    int wordsElsewhere) {

  /** Of a text in order. */
  public Alignment(
      Audio audio,
      String language,
      String mode,
      String model,
      double confidence,
      Verdict verdict,
      List<AlignedLine> lines,
      List<AlignedWord> words) {
    this(audio, language, mode, model, confidence, verdict, lines, words, 0);
  }

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

  /** The same of another recording's name. */
  public Alignment withAudio(Audio other) {
    return new Alignment(
        other, language, mode, model, confidence, verdict, lines, words, wordsElsewhere);
  }

  /** The same with other words, as many. */
  public Alignment withWords(List<AlignedWord> others) {
    return new Alignment(
        audio, language, mode, model, confidence, verdict, lines, others, wordsElsewhere);
  }

  /** What a user should know of a verdict, beside the confidence: a clause, or nothing. */
  public String remark() {
    return wordsElsewhere == 0
        ? ""
        : ", %d words heard in another place: are its lines in another order?"
            .formatted(wordsElsewhere);
  }
}
