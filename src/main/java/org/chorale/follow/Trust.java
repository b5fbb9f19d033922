package org.chorale.follow;

/**
 * How a word changes the odds that what is heard is the text. In speech that is not in the text the
 * search may squeeze a word into sounds that happen to fit, and then the next one; their evidence
 * is poor. One poor word among good ones costs little, a few of them cost the belief.
 */
final class Trust {

  /** Log odds of a stream that begins: people mean what they send. */
  static final double AT_FIRST = 4;

  /** Most that is left of them after a jump. */
  static final double AFTER_JUMP = 1;

  private static final double WEIGHT = 1.4;

  /** Evidence that speaks for neither, nats. */
  private static final double MIDPOINT = -3.4;

  private static final double LEAST = -2;
  private static final double MOST = 4;
  private static final double LOWEST = -3;

  private Trust() {}

  /** Log odds after a word of such evidence. */
  static double after(double logOdds, double evidence) {
    return Math.max(LOWEST, Math.min(MOST, logOdds + weight(evidence)));
  }

  /** What a word adds to them. */
  static double weight(double evidence) {
    return Math.max(LEAST, Math.min(MOST, WEIGHT * (evidence - MIDPOINT)));
  }
}
