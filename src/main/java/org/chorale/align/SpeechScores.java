package org.chorale.align;

import org.chorale.acoustic.Emissions;

/** The {@link ScaledPosteriors} of a recording. */
final class SpeechScores implements EmissionScores {

  private final Emissions emissions;
  private final ScaledPosteriors scaling;
  private final int silenceClass;
  private final float starFrameCost;

  SpeechScores(Emissions emissions, float[] logPriors, int silenceClass, SearchSettings settings) {
    this.emissions = emissions;
    this.silenceClass = silenceClass;
    this.starFrameCost = settings.starFrameCost();
    this.scaling = new ScaledPosteriors(logPriors, silenceClass, settings);
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
    scaling.scale(target);
  }

  /** The score of one class in one frame, as {@link #scores} gives it. */
  float score(int frame, int phoneClass) {
    int star = scaling.starClass();
    if (phoneClass < star) {
      return emissions.get(frame, phoneClass) - scaling.offset(phoneClass);
    }
    float best = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < star; c++) {
      if (c != silenceClass) {
        best = Math.max(best, emissions.get(frame, c) - scaling.offset(c));
      }
    }
    return best - starFrameCost;
  }
}
