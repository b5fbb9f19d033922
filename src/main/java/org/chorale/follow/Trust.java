package org.chorale.follow;

/**
 * How a word changes the odds that what is heard is the text. In speech that is not in the text the
 * search may squeeze a word into sounds that happen to fit, and then the next one; their evidence
 * is poor. One poor word among good ones costs little, a few of them cost the belief. Slopes are
 * about those of the ratio of words that were said to words squeezed into other speech, in clear
 * speech of four languages; the midpoint is lower, for the sake of slurred and emotional speech.
 */
final class Trust {

  /** Log odds of a stream that begins: people mean what they send. */
  static final double AT_FIRST = 4;

  /** Most that is left of them after a jump. */
  static final double AFTER_JUMP = -1;

  /** Evidence that speaks for neither, nats. */
  private static final double MIDPOINT = -2.6;

  /** No word counts worse, nats. */
  private static final double WORST = -6;

  /** Log odds a nat of a word of no phones, of a phone more, and the most of any word. */
  private static final double SLOPE = 0.25;

  private static final double SLOPE_PER_PHONE = 0.19;
  private static final double STEEPEST = 1.6;

  /** Most that a word speaks against the text: slurred words come one at a time. */
  private static final double LEAST = -2;

  /** Bounds of the log odds, so that a change of mind takes a few words. */
  private static final double MOST = 5;

  private static final double LOWEST = -3;

  private Trust() {}

  /** Log odds after a word of such evidence. */
  static double after(double logOdds, double evidence, int phones) {
    return Math.max(LOWEST, Math.min(MOST, logOdds + weight(evidence, phones)));
  }

  /** What a word adds to them: the less the shorter it is. */
  static double weight(double evidence, int phones) {
    double slope = Math.min(STEEPEST, SLOPE + SLOPE_PER_PHONE * phones);
    return Math.max(LEAST, slope * (Math.max(WORST, evidence) - MIDPOINT));
  }
}
