package org.chorale.align;

import org.chorale.acoustic.Emissions;

/**
 * The {@link ScaledPosteriors} of a recording, and one class more: the hesitation, which is the
 * best of the sounds that hesitations are made of, less a price.
 */
final class SpeechScores implements EmissionScores {

  /** Of a frame in which nobody hesitates: a model without these sounds; nats. */
  private static final float LEAST = -1e4f;

  private final Emissions emissions;
  private final ScaledPosteriors scaling;
  private final int silenceClass;
  private final int[] hesitations;
  private final float starFrameCost;
  private final float hesitationFrameCost;

  SpeechScores(Emissions emissions, PhoneClasses classes, SearchSettings settings) {
    this(emissions, classes.logPriors(), classes.silence(), classes.hesitations(), settings);
  }

  /**
   * Scores of a recording.
   *
   * @param hesitations the classes that hesitations are made of
   */
  SpeechScores(
      Emissions emissions,
      float[] logPriors,
      int silenceClass,
      int[] hesitations,
      SearchSettings settings) {
    this.emissions = emissions;
    this.silenceClass = silenceClass;
    this.hesitations = hesitations.clone();
    this.starFrameCost = settings.starFrameCost();
    this.hesitationFrameCost = settings.hesitationFrameCost();
    this.scaling = new ScaledPosteriors(logPriors, silenceClass, settings);
  }

  /** Index of the star: one past the classes of the model. */
  static int starClass(int classes) {
    return classes;
  }

  /** Index of the star. */
  int starClass() {
    return scaling.starClass();
  }

  /** Index of the hesitation: behind the star. */
  static int hesitationClass(int classes) {
    return classes + 1;
  }

  @Override
  public int frames() {
    return emissions.frames();
  }

  @Override
  public int classes() {
    return emissions.classes() + 2;
  }

  @Override
  public void scores(int frame, float[] target) {
    emissions.copyFrame(frame, target);
    scaling.scale(target);
    float best = LEAST;
    for (int c : hesitations) {
      best = Math.max(best, target[c]);
    }
    target[hesitationClass(scaling.starClass())] = best - hesitationFrameCost;
  }

  /** The scores of the frames from one to another. */
  EmissionScores part(int from, int to) {
    SpeechScores whole = this;
    return new EmissionScores() {
      @Override
      public int frames() {
        return to - from;
      }

      @Override
      public int classes() {
        return whole.classes();
      }

      @Override
      public void scores(int frame, float[] target) {
        whole.scores(from + frame, target);
      }
    };
  }

  /** The score of one class in one frame, as {@link #scores} gives it. */
  float score(int frame, int phoneClass) {
    int star = scaling.starClass();
    if (phoneClass < star) {
      return emissions.get(frame, phoneClass) - scaling.offset(phoneClass);
    }
    if (phoneClass > star) {
      float best = LEAST;
      for (int c : hesitations) {
        best = Math.max(best, emissions.get(frame, c) - scaling.offset(c));
      }
      return best - hesitationFrameCost;
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
