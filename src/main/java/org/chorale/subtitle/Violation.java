package org.chorale.subtitle;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A rule that a cue does not keep.
 *
 * @param rule which
 * @param cue index of the cue; for {@link Rule#GAP} of the one before the gap
 * @param value what it has
 * @param limit what the rule says
 */
public record Violation(Rule rule, int cue, double value, double limit) {

  /** What can be violated, with its unit. */
  public enum Rule {
    /** Characters of a row. */
    ROW_CHARACTERS("characters in a row"),
    /** Rows of a cue. */
    ROWS("rows"),
    /** Shorter than the least time. */
    MIN_SECONDS("seconds, at least"),
    /** Longer than the most time. */
    MAX_SECONDS("seconds, at most"),
    /** Time to the next cue. */
    GAP("seconds to the next, at least"),
    /** Characters a second. */
    CHARACTERS_PER_SECOND("characters a second"),
    /** Words a minute. */
    WORDS_PER_MINUTE("words a minute");

    private final String unit;

    Rule(String unit) {
      this.unit = unit;
    }
  }

  // Times are milliseconds; a rate may be over by what rounding them makes of it.
  private static final double TIME = 1e-6;

  /** All violations of cues, in order. */
  public static List<Violation> of(List<SubtitleCue> cues, SubtitleRules rules) {
    List<Violation> found = new ArrayList<>();
    for (int c = 0; c < cues.size(); c++) {
      SubtitleCue cue = cues.get(c);
      int longest = cue.rows().stream().mapToInt(String::length).max().orElse(0);
      double seconds = Math.max(cue.seconds(), 0.001);
      most(found, Rule.ROW_CHARACTERS, c, longest, rules.rowCharacters());
      most(found, Rule.ROWS, c, cue.rows().size(), rules.rows());
      least(found, Rule.MIN_SECONDS, c, cue.seconds(), rules.minSeconds());
      most(found, Rule.MAX_SECONDS, c, cue.seconds(), rules.maxSeconds());
      most(
          found,
          Rule.CHARACTERS_PER_SECOND,
          c,
          cue.characters() / seconds,
          rules.charactersPerSecond());
      most(
          found,
          Rule.WORDS_PER_MINUTE,
          c,
          60 * cue.words().size() / seconds,
          rules.wordsPerMinute());
      if (c + 1 < cues.size()) {
        double gap = cues.get(c + 1).startSeconds() - cue.endSeconds();
        least(found, Rule.GAP, c, gap, rules.gapSeconds());
      }
    }
    return found;
  }

  private static void most(List<Violation> found, Rule rule, int cue, double value, double limit) {
    if (value > limit + TIME) {
      found.add(new Violation(rule, cue, value, limit));
    }
  }

  private static void least(List<Violation> found, Rule rule, int cue, double value, double limit) {
    if (value < limit - TIME) {
      found.add(new Violation(rule, cue, value, limit));
    }
  }

  /** {@code cue 12: 213.4 words a minute, the limit is 180}; cues are counted from 1. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "cue %d: %.4g %s; the limit is %.4g", cue + 1, value, rule.unit, limit);
  }
}
