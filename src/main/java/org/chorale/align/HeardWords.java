package org.chorale.align;

import java.util.Arrays;

/**
 * Tells passages of the text that are heard from passages that the search only made room for. One
 * word says little - some are spoken badly - but what is not spoken comes in passages: a two-state
 * model over the words, heard or not, pays for every change of state, and the evidence of the words
 * decides. Words that the search skipped speak for "not heard", so that a few weak words amid a
 * skipped passage go with it.
 */
final class HeardWords {

  /** How much a nat of a word's evidence counts; about what calibration finds. */
  private static final double WEIGHT = 1.4;

  /**
   * Evidence that speaks for neither, nats. Nine words in a row have a mean above -1.5 where the
   * text is right and one below -2 where it is not; it is low for the sake of weak speakers.
   */
  private static final double MIDPOINT = -2.7;

  /** No word says more for "heard" than this, nor more for "not heard" than {@link #LEAST}. */
  private static final double MOST = 4;

  private static final double LEAST = -2;

  /** What a skipped word says. */
  private static final double SKIPPED = -1;

  private static final double PRICE_OF_LEAVING = 5;
  private static final double PRICE_OF_RETURNING = 5;

  private HeardWords() {}

  /**
   * Which words are heard.
   *
   * @param evidence of the words in order, nats; NaN where a word was skipped
   * @return per word whether it belongs to a passage that is heard
   */
  static boolean[] of(double[] evidence) {
    int count = evidence.length;
    boolean[] fromHeard = new boolean[count];
    boolean[] fromUnheard = new boolean[count];
    double heard = 0;
    double unheard = -PRICE_OF_LEAVING;
    for (int w = 0; w < count; w++) {
      fromUnheard[w] = unheard - PRICE_OF_RETURNING > heard;
      fromHeard[w] = heard - PRICE_OF_LEAVING > unheard;
      double stayed = Math.max(heard, unheard - PRICE_OF_RETURNING);
      unheard = Math.max(unheard, heard - PRICE_OF_LEAVING);
      heard = stayed + weight(evidence[w]);
    }
    boolean[] out = new boolean[count];
    Arrays.fill(out, true);
    boolean state = heard >= unheard - PRICE_OF_RETURNING;
    for (int w = count - 1; w >= 0; w--) {
      out[w] = state;
      state = state ? !fromUnheard[w] : fromHeard[w];
    }
    return out;
  }

  /** Log odds of heard against not heard. */
  private static double weight(double evidence) {
    return Double.isNaN(evidence)
        ? SKIPPED
        : Math.max(LEAST, Math.min(MOST, WEIGHT * (evidence - MIDPOINT)));
  }
}
