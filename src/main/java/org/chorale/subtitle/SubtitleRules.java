package org.chorale.subtitle;

import java.util.List;
import java.util.Locale;

/**
 * What subtitles must keep to. Immutable.
 *
 * @param name name of the preset on the command line
 * @param rowCharacters most characters of a row, spaces and punctuation included
 * @param rows most rows of a cue
 * @param minSeconds least time that a cue is seen
 * @param maxSeconds most time
 * @param gapSeconds least time between two cues
 * @param closedGapSeconds gaps shorter than this flicker and are closed to {@code gapSeconds}
 * @param charactersPerSecond fastest reading, spaces included, breaks between rows not; infinity
 *     for no limit
 * @param wordsPerMinute fastest reading; infinity for no limit
 * @param leadSeconds how long before its first word a cue may appear
 * @param lateSeconds how long after its first word it may appear, when the one before it takes
 *     longer to read
 * @param lagSeconds how long after its last word it may stay
 * @param keepsLines whether rows are lines of the text, or parts of them, as singers know them
 */
public record SubtitleRules(
    String name,
    int rowCharacters,
    int rows,
    double minSeconds,
    double maxSeconds,
    double gapSeconds,
    double closedGapSeconds,
    double charactersPerSecond,
    double wordsPerMinute,
    double leadSeconds,
    double lateSeconds,
    double lagSeconds,
    boolean keepsLines) {

  private static final double NONE = Double.POSITIVE_INFINITY;

  /**
   * Netflix, <i>Timed Text Style Guide: General Requirements</i> (two rows, 5/6 s to 7 s, two
   * frames between cues, gaps of three to eleven frames closed, up to twelve frames past the audio)
   * and <i>English</i> (42 characters a row, 20 characters a second for adults). Frames are those
   * of 24 a second, the longest in use. Three frames are its tolerance for appearing early or late.
   */
  public static final SubtitleRules NETFLIX =
      new SubtitleRules(
          "netflix", 42, 2, 5 / 6.0, 7, 2 / 24.0, 12 / 24.0, 20, NONE, 3 / 24.0, 3 / 24.0,
          12 / 24.0, false);

  /**
   * BBC, <i>Subtitle Guidelines</i>: 160 to 180 words a minute, here at most 180; two rows, of 37
   * characters as in teletext; a cue may come and go 1.5 s apart from the speech; a gap is at least
   * a second or none. They name no shortest and no longest time; 1 s and 7 s are common practice.
   */
  public static final SubtitleRules BBC =
      new SubtitleRules("bbc", 37, 2, 1, 7, 0, 1, NONE, 180, 1.5, 1.5, 1.5, false);

  /**
   * TED, <i>How to Tackle a Transcript</i> and <i>English Style Guide</i> of TED Translators: two
   * rows of 42 characters, 21 characters a second, 1 s to 7 s.
   */
  public static final SubtitleRules TED =
      new SubtitleRules("ted", 42, 2, 1, 7, 0, 0.25, 21, NONE, 0.25, 0.25, 1, false);

  /**
   * For singing along; of no institution. A row is a line of the lyrics, two are seen at a time,
   * they come early enough to take breath, and the tempo of the song sets the pace of reading.
   */
  public static final SubtitleRules KARAOKE =
      new SubtitleRules("karaoke", 48, 2, 1, 15, 0, 1, NONE, NONE, 1, 0, 1, true);

  private static final List<SubtitleRules> PRESETS = List.of(NETFLIX, BBC, TED, KARAOKE);

  /** Names of the presets. */
  public static List<String> names() {
    return PRESETS.stream().map(SubtitleRules::name).toList();
  }

  /**
   * The preset of a name.
   *
   * @throws IllegalArgumentException when there is none; the message lists those there are
   */
  public static SubtitleRules named(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    return PRESETS.stream()
        .filter(r -> r.name().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no preset for subtitles; there are %s"
                        .formatted(name, String.join(", ", names()))));
  }

  /**
   * How long a cue must be seen.
   *
   * @param characters its characters, without the breaks between rows
   * @param words its words
   * @return seconds
   */
  public double readingSeconds(int characters, int words) {
    return Math.max(
        minSeconds, Math.max(characters / charactersPerSecond, 60 * words / wordsPerMinute));
  }
}
