package org.chorale.melody;

/**
 * A major or minor key.
 *
 * @param tonic pitch class of its first degree, 0 is C
 * @param minor whether it is minor
 */
record Key(int tonic, boolean minor) {

  // How well the pitch classes fit a key, by listeners: Krumhansl and Kessler 1982.
  private static final double[] MAJOR = {
    6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88
  };
  private static final double[] MINOR = {
    6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17
  };
  private static final String MAJOR_SCALE = "101011010101";
  // Natural minor, and the leading note that songs raise.
  private static final String MINOR_SCALE = "101101011011";

  /** The key that correlates best with how long each of the twelve pitch classes is heard. */
  static Key of(double[] seconds) {
    Key best = new Key(0, false);
    double highest = Double.NEGATIVE_INFINITY;
    for (int tonic = 0; tonic < 12; tonic++) {
      for (boolean minor : new boolean[] {false, true}) {
        double fit = correlation(seconds, minor ? MINOR : MAJOR, tonic);
        if (fit > highest) {
          highest = fit;
          best = new Key(tonic, minor);
        }
      }
    }
    return best;
  }

  /** Whether a note is in its scale. */
  boolean contains(int midi) {
    return (minor ? MINOR_SCALE : MAJOR_SCALE).charAt(Math.floorMod(midi - tonic, 12)) == '1';
  }

  private static double correlation(double[] seconds, double[] profile, int tonic) {
    double meanX = 0;
    double meanY = 0;
    for (int c = 0; c < 12; c++) {
      meanX += seconds[c] / 12;
      meanY += profile[c] / 12;
    }
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int c = 0; c < 12; c++) {
      double x = seconds[(c + tonic) % 12] - meanX;
      double y = profile[c] - meanY;
      xy += x * y;
      xx += x * x;
      yy += y * y;
    }
    return xx == 0 ? 0 : xy / Math.sqrt(xx * yy);
  }
}
