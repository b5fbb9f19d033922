package org.chorale.dsp;

/** Normalisations that models expect of what they are fed. Stateless. */
public final class Normalisation {

  /** What wav2vec 2.0's feature extractor adds to the variance. */
  private static final double VARIANCE_GUARD = 1e-7;

  /** What NeMo adds to the standard deviation. */
  private static final double DEVIATION_GUARD = 1e-5;

  private Normalisation() {}

  /**
   * Samples with mean 0 and variance 1, as wav2vec 2.0 wants them.
   *
   * @param samples not changed
   * @param leastVariance a variance below this is taken for this, so that a pause is not blown up
   *     to the level of speech; 0 for none
   */
  public static float[] zeroMeanUnitVariance(float[] samples, double leastVariance) {
    double mean = mean(samples);
    double deviation = Math.sqrt(Math.max(leastVariance, variance(samples, mean)) + VARIANCE_GUARD);
    float[] out = new float[samples.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) ((samples[i] - mean) / deviation);
    }
    return out;
  }

  /** The variance of samples about their mean; 0 of none. */
  public static double variance(float[] samples) {
    return variance(samples, mean(samples));
  }

  private static double mean(float[] samples) {
    double sum = 0;
    for (float s : samples) {
      sum += s;
    }
    return samples.length == 0 ? 0 : sum / samples.length;
  }

  private static double variance(float[] samples, double mean) {
    double sum = 0;
    for (float s : samples) {
      sum += (s - mean) * (s - mean);
    }
    return samples.length == 0 ? 0 : sum / samples.length;
  }

  /**
   * Features of which every one has mean 0 and deviation 1 over the frames, as NeMo wants them.
   *
   * @param features frames x {@code width}, row by row; changed in place
   */
  public static void perFeature(float[] features, int width) {
    int frames = features.length / width;
    for (int m = 0; m < width; m++) {
      double sum = 0;
      for (int t = 0; t < frames; t++) {
        sum += features[t * width + m];
      }
      double mean = sum / frames;
      double squares = 0;
      for (int t = 0; t < frames; t++) {
        double d = features[t * width + m] - mean;
        squares += d * d;
      }
      // NeMo divides by one less, for a sample's deviation.
      double deviation = Math.sqrt(squares / Math.max(1, frames - 1)) + DEVIATION_GUARD;
      for (int t = 0; t < frames; t++) {
        features[t * width + m] = (float) ((features[t * width + m] - mean) / deviation);
      }
    }
  }
}
