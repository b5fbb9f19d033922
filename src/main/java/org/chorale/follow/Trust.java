package org.chorale.follow;

/**
 * Whether what is heard is the text, as of the last words. In speech that is not in the text the
 * search may squeeze a word into sounds that happen to fit, and then the next one; their evidence
 * is poor, and after a few such words nothing more is believed until a good one comes. One poor
 * word among good ones costs nothing. The weights are about those by which the offline aligner
 * tells passages that are heard from passages that are not; the midpoint is lower, because a model
 * that looks little ahead is less sure. Not thread-safe.
 */
final class Trust {

  private static final double WEIGHT = 1.4;

  /** Evidence that speaks for neither, nats. */
  private static final double MIDPOINT = -3.4;

  private static final double LEAST = -2;
  private static final double MOST = 4;
  private static final double LOWEST = -3;

  private double logOdds = MOST;

  /** A word has become final. */
  void add(double evidence) {
    logOdds = Math.max(LOWEST, Math.min(MOST, logOdds + weight(evidence)));
  }

  /** Whether the last words are believed. */
  boolean holds() {
    return logOdds > 0;
  }

  /** Whether they would be, with one word more. */
  boolean holdsWith(double evidence) {
    return logOdds + weight(evidence) > 0;
  }

  private static double weight(double evidence) {
    return Math.max(LEAST, Math.min(MOST, WEIGHT * (evidence - MIDPOINT)));
  }
}
