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
    power[0] = square(scratch[0] + scratch[length]);
    power[length] = square(scratch[0] - scratch[length]);
    for (int k = 1; k <= length / 2; k++) {
      int mirrored = length - k;
      double evenRe = (scratch[k] + scratch[mirrored]) / 2;
      double evenIm = (scratch[length + k] - scratch[length + mirrored]) / 2;
      double oddRe = (scratch[length + k] + scratch[length + mirrored]) / 2;
      double oddIm = (scratch[mirrored] - scratch[k]) / 2;
      double re = oddRe * cos[k] - oddIm * sin[k];
      double im = oddRe * sin[k] + oddIm * cos[k];
      power[k] = square(evenRe + re) + square(evenIm + im);
      power[mirrored] = square(evenRe - re) + square(evenIm - im);
    }
  }

  private static double square(double x) {
    return x * x;
  }

  /**
   * In place; real parts first, imaginary ones after them, both in reversed order. Two stages at a
   * time, so that every number is fetched half as often.
   */
  private void transform(double[] z, int length) {
    int half = 1;
    for (; 4 * half <= length; half *= 4) {
      for (int begin = 0; begin < length; begin += 4 * half) {
        for (int k = 0; k < half; k++) {
          fourfold(z, begin + k, half, length, k * (size / (4 * half)));
        }
      }
    }
    if (half < length) {
      for (int k = 0; k < half; k++) {
        twofold(z, k, half, length, k * (size / (2 * half)));
      }
    }
  }

  private void twofold(double[] z, int at, int half, int length, int turn) {
    double c = cos[turn];
    double s = sin[turn];
    int other = at + half;
    double re = z[other] * c - z[length + other] * s;
    double im = z[other] * s + z[length + other] * c;
    z[other] = z[at] - re;
    z[length + other] = z[length + at] - im;
    z[at] += re;
    z[length + at] += im;
  }

  /**
   * The two stages of four numbers that are {@code half} apart.
   *
   * @param turn index of the second stage's first factor; the first stage's is twice as far
   */
  private void fourfold(double[] z, int at, int half, int length, int turn) {
    int second = at + half;
    int third = second + half;
    int fourth = third + half;
    double c = cos[2 * turn];
    double s = sin[2 * turn];
    double re = z[second] * c - z[length + second] * s;
    double im = z[second] * s + z[length + second] * c;
    double sumRe = z[at] + re;
    double sumIm = z[length + at] + im;
    double differenceRe = z[at] - re;
    double differenceIm = z[length + at] - im;
    re = z[fourth] * c - z[length + fourth] * s;
    im = z[fourth] * s + z[length + fourth] * c;
    double otherSumRe = z[third] + re;
    double otherSumIm = z[length + third] + im;
    double otherDifferenceRe = z[third] - re;
    double otherDifferenceIm = z[length + third] - im;
    c = cos[turn];
    s = sin[turn];
    re = otherSumRe * c - otherSumIm * s;
    im = otherSumRe * s + otherSumIm * c;
    z[at] = sumRe + re;
    z[length + at] = sumIm + im;
    z[third] = sumRe - re;
    z[length + third] = sumIm - im;
    // A quarter of a turn further: the factor times -i.
    re = otherDifferenceRe * s + otherDifferenceIm * c;
    im = otherDifferenceIm * s - otherDifferenceRe * c;
    z[second] = differenceRe + re;
    z[length + second] = differenceIm + im;
    z[fourth] = differenceRe - re;
    z[length + fourth] = differenceIm - im;
  }
}
