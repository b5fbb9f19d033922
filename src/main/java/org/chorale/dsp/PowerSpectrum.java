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
    this.reversed = new int[size / 2];
    int bits = Integer.numberOfTrailingZeros(size / 2);
    for (int i = 1; i < size / 2; i++) {
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
   * Transforms a frame: its even and odd samples are the real and imaginary parts of a transform of
   * half the length, taken apart again.
   *
   * @param frame as long as the size
   * @param scratch as long; its content does not matter
   * @param power receives {@link #bins()} values: squared magnitudes, not scaled
   */
  public void of(double[] frame, double[] scratch, double[] power) {
    int length = size / 2;
    for (int i = 0; i < length; i++) {
      scratch[i] = frame[2 * reversed[i]];
      scratch[length + i] = frame[2 * reversed[i] + 1];
    }
    transform(scratch, length);
    for (int k = 0; k <= length; k++) {
      int a = k % length;
      int b = (length - k) % length;
      double evenRe = (scratch[a] + scratch[b]) / 2;
      double evenIm = (scratch[length + a] - scratch[length + b]) / 2;
      double oddRe = (scratch[length + a] + scratch[length + b]) / 2;
      double oddIm = (scratch[b] - scratch[a]) / 2;
      double c = k == length ? -1 : cos[k];
      double s = k == length ? 0 : sin[k];
      double re = evenRe + oddRe * c - oddIm * s;
      double im = evenIm + oddRe * s + oddIm * c;
      power[k] = re * re + im * im;
    }
  }

  /** In place; real parts first, imaginary ones after them, both in reversed order. */
  private void transform(double[] z, int length) {
    for (int half = 1; half < length; half *= 2) {
      int stride = size / (2 * half);
      for (int begin = 0; begin < length; begin += 2 * half) {
        for (int k = 0; k < half; k++) {
          int a = begin + k;
          int b = a + half;
          double c = cos[k * stride];
          double s = sin[k * stride];
          double re = z[b] * c - z[length + b] * s;
          double im = z[b] * s + z[length + b] * c;
          z[b] = z[a] - re;
          z[length + b] = z[length + a] - im;
          z[a] += re;
          z[length + a] += im;
        }
      }
    }
  }
}
