package org.chorale.dsp;

/**
 * Power spectrum by a radix-2 transform in double precision. Immutable and thread-safe; callers
 * bring the scratch space.
 */
public final class PowerSpectrum {

  private final int size;
  private final int[] reversed;
  private final double[] cos;
  private final double[] sin;

  /**
   * Tables for one length.
   *
   * @param size a power of two, at least 2
   */
  public PowerSpectrum(int size) {
    if (size < 2 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException("FFT size %d is no power of two".formatted(size));
    }
    this.size = size;
    this.reversed = new int[size];
    int bits = Integer.numberOfTrailingZeros(size);
    for (int i = 0; i < size; i++) {
      reversed[i] = Integer.reverse(i) >>> (32 - bits);
    }
    this.cos = new double[size / 2];
    this.sin = new double[size / 2];
    for (int i = 0; i < size / 2; i++) {
      cos[i] = Math.cos(2 * Math.PI * i / size);
      sin[i] = -Math.sin(2 * Math.PI * i / size);
    }
  }

  /** Number of bins: half the size and one. */
  public int bins() {
    return size / 2 + 1;
  }

  /**
   * Transforms a frame.
   *
   * @param re the frame, as long as the size; destroyed
   * @param im scratch, as long; its content does not matter
   * @param power receives {@link #bins()} values: squared magnitudes, not scaled
   */
  public void of(double[] re, double[] im, double[] power) {
    for (int i = 0; i < size; i++) {
      im[i] = 0;
      int j = reversed[i];
      if (j > i) {
        double swap = re[i];
        re[i] = re[j];
        re[j] = swap;
      }
    }
    for (int half = 1; half < size; half *= 2) {
      int stride = size / (2 * half);
      for (int begin = 0; begin < size; begin += 2 * half) {
        for (int k = 0; k < half; k++) {
          int a = begin + k;
          int b = a + half;
          double c = cos[k * stride];
          double s = sin[k * stride];
          double tr = re[b] * c - im[b] * s;
          double ti = re[b] * s + im[b] * c;
          re[b] = re[a] - tr;
          im[b] = im[a] - ti;
          re[a] += tr;
          im[a] += ti;
        }
      }
    }
    for (int i = 0; i < bins(); i++) {
      power[i] = re[i] * re[i] + im[i] * im[i];
    }
  }
}
