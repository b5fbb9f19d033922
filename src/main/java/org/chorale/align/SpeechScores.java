package org.chorale.align;

import org.chorale.acoustic.Emissions;

/**
 * Scores of an acoustic model for the search: log posteriors less a share of the log priors (scaled
 * likelihoods of a hybrid HMM), and one class more, the star, for speech that is not in the text:
 * the best class but silence, less a price.
 */
final class SpeechScores implements EmissionScores {

  private final Emissions emissions;
  private final float[] offset;
  private final int silenceClass;
  private final float starFrameCost;

  SpeechScores(Emissions emissions, float[] logPriors, int silenceClass, SearchSettings settings) {
    this.emissions = emissions;
    this.silenceClass = silenceClass;
    this.starFrameCost = settings.starFrameCost();
    this.offset = new float[logPriors.length];
    for (int c = 0; c < offset.length; c++) {
      offset[c] = settings.priorScale() * logPriors[c];
    }
  }

  /** Index of the star: one past the classes of the model. */
  static int starClass(int classes) {
    return classes;
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
    for (int c = 0; c < offset.length; c++) {
      target[c] -= offset[c];
      if (c != silenceClass && target[c] > best) {
        best = target[c];
      }
    }
    target[offset.length] = best - starFrameCost;
  }

  /** The score of one class in one frame, as {@link #scores} gives it. */
  float score(int frame, int phoneClass) {
    if (phoneClass < offset.length) {
      return emissions.get(frame, phoneClass) - offset[phoneClass];
    }
    float best = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < offset.length; c++) {
      if (c != silenceClass) {
        best = Math.max(best, emissions.get(frame, c) - offset[c]);
      }
    }
    return best - starFrameCost;
  }
}
