package org.chorale.follow;

import org.chorale.align.SearchSettings;

/**
 * What following a text costs and how long it waits. Costs are in nats, as in {@link
 * SearchSettings}.
 *
 * @param search prices of skipped words and of speech that is not in the text
 * @param jumpCost price of going on at the beginning of any line or sentence
 * @param farCost what is added to it, times the logarithm of one more than the lines in between
 * @param backCost what is added to it for going back
 * @param beam how much worse than the best path a path may be and live
 * @param finalBeam how much worse than the best path a path may be and have a say in what is final
 * @param maximumLagFrames after so many frames a word is final whatever other paths say
 * @param confidence how sure a word is
 */
public record OnlineSettings(
    SearchSettings search,
    float jumpCost,
    float farCost,
    float backCost,
    float beam,
    float finalBeam,
    int maximumLagFrames,
    WordConfidence confidence) {

  /**
   * The logistic function of what speaks for a word.
   *
   * @param bias its log odds where nothing does
   * @param word weight of its own evidence, in log odds
   * @param context weight of that of the words before
   */
  public record WordConfidence(double bias, double word, double context) {

    double of(double ownLogOdds, double logOddsBefore) {
      return 1 / (1 + Math.exp(-(bias + word * ownLogOdds + context * logOddsBefore)));
    }
  }

  /** Checks that paths that have a say are alive. */
  public OnlineSettings {
    if (!(finalBeam > 0
        && beam >= finalBeam
        && jumpCost >= 0
        && farCost >= 0
        && backCost >= 0
        && maximumLagFrames > 0)) {
      throw new IllegalArgumentException(
          "jump %s, far %s, back %s, beam %s, final beam %s, lag %s"
              .formatted(jumpCost, farCost, backCost, beam, finalBeam, maximumLagFrames));
    }
  }
}
