package org.chorale.align;

import java.util.Arrays;

/**
 * How long the phones of a class last: normal in the logarithm, about a median. Immutable.
 *
 * <p>The density is taken over the logarithm, so that its mode is the median.
 */
public final class DurationModel {

  private final double[] logMedianFrames;
  private final double[] deviation;
  private final boolean[] known;

  /**
   * A model.
   *
   * @param medianFrames per class its median duration, frames; 0 for classes of any duration
   * @param logDeviation per class the standard deviation of the natural logarithm
   */
  public DurationModel(double[] medianFrames, double[] logDeviation) {
    if (medianFrames.length != logDeviation.length) {
      throw new IllegalArgumentException("as many deviations as medians");
    }
    this.logMedianFrames = Arrays.stream(medianFrames).map(Math::log).toArray();
    this.deviation = Arrays.stream(logDeviation).map(d -> Math.max(0.3, d)).toArray();
    this.known = new boolean[medianFrames.length];
    for (int c = 0; c < known.length; c++) {
      known[c] = medianFrames[c] > 0;
    }
  }

  /** A model of classes of any duration. */
  public static DurationModel none(int classes) {
    return new DurationModel(new double[classes], new double[classes]);
  }

  /** Whether a class has a usual duration; the star and silence have none. */
  public boolean knows(int phoneClass) {
    return phoneClass < known.length && known[phoneClass];
  }

  /** Logarithm of a duration less that of the class's median. */
  double logRatio(int phoneClass, int frames) {
    return Math.log(frames) - logMedianFrames[phoneClass];
  }

  /**
   * Log density of a duration, up to a constant.
   *
   * @param logRate how much longer than usual phones last hereabouts, natural logarithm
   */
  double logDensity(int phoneClass, int frames, double logRate) {
    if (!knows(phoneClass)) {
      return 0;
    }
    double z = (logRatio(phoneClass, frames) - logRate) / deviation[phoneClass];
    return -0.5 * z * z;
  }
}
