package org.chorale.synth;

import java.util.Arrays;

/**
 * How far a pitch moves. The median distance from the median, in units of a normal distribution's
 * standard deviation: a tracker that is an octave off now and then, or a squeal, does not move it.
 */
final class PitchSpread {

  private static final double DEVIATIONS = 1.4826;

  private PitchSpread() {}

  /**
   * The spread of some values.
   *
   * @param octaves at least one, in any order
   */
  static double of(double[] octaves) {
    double middle = median(octaves);
    return DEVIATIONS * median(Arrays.stream(octaves).map(x -> Math.abs(x - middle)).toArray());
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
