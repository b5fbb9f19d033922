package org.chorale.align;

import org.chorale.acoustic.Emissions;

/**
 * Scores of a CTC model for the search: its log posteriors, and one class more, the star, for
 * speech that is not in the text: the best class of the frame, blank included, less a price.
 * Thread-safe.
 *
 * @param emissions log posteriors
 * @param starFrameCost the price
 */
record CtcScores(Emissions emissions, float starFrameCost) implements EmissionScores {

  /** Index of the star: one past the classes of the emissions. */
  int starClass() {
    return emissions.classes();
  }

  @Override
  public int frames() {
    return emissions.frames();
  }

  @Override
  public int classes() {
    return emissions.classes() + 1;
  }

  @Override
  public void scores(int frame, float[] target) {
    emissions.copyFrame(frame, target);
    float best = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < emissions.classes(); c++) {
      best = Math.max(best, target[c]);
    }
    target[emissions.classes()] = best - starFrameCost;
  }
}
