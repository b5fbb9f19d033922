package org.chorale.melody;

/**
 * Takes what is below a frequency out of a signal, 24 dB an octave: a Butterworth filter of the
 * fourth order in two sections. Not thread-safe.
 */
final class HighPass {

  private static final double[] QUALITIES = {0.5412, 1.3066};

  private final double[][] coefficients = new double[2][];
  private final double[][] state = new double[2][2];

  HighPass(double hertz, int sampleRate) {
    double w = 2 * Math.PI * hertz / sampleRate;
    for (int s = 0; s < 2; s++) {
      double alpha = Math.sin(w) / (2 * QUALITIES[s]);
      double a0 = 1 + alpha;
      double b = (1 + Math.cos(w)) / 2 / a0;
      coefficients[s] = new double[] {b, -2 * b, b, -2 * Math.cos(w) / a0, (1 - alpha) / a0};
    }
  }

  float next(float sample) {
    double x = sample;
    for (int s = 0; s < 2; s++) {
      double[] c = coefficients[s];
      double y = c[0] * x + state[s][0];
      state[s][0] = c[1] * x - c[3] * y + state[s][1];
      state[s][1] = c[2] * x - c[4] * y;
      x = y;
    }
    return (float) x;
  }
}
