package org.chorale.picture;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.util.Arrays;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;
import org.chorale.dsp.PowerSpectrum;

/**
 * What a recording is made of: columns of equal time, bands of equal width in mel from 60 Hz to 8
 * kHz, loudness from 70 dB below the loudest band to it. A byte a band and column is kept.
 */
final class Spectrogram {

  private static final int WINDOW = 512;
  private static final double LOWEST_HZ = 60;
  private static final double RANGE_DB = 70;

  /** The loudest and the softest that a byte tells, dB. */
  private static final double FULL_DB = 60;

  /** What is soft is drawn brighter than it is loud: formants stand out of the dark. */
  private static final double BRIGHTER = 0.75;

  private static final double STEP_DB = 0.75;

  // From silence to loud, red, green, blue.
  private static final int[][] STOPS = {
    {0x0d, 0x12, 0x22},
    {0x1d, 0x37, 0x60},
    {0x2a, 0x7f, 0x9e},
    {0x8f, 0xd0, 0xb8},
    {0xff, 0xf4, 0xcf}
  };

  private final int bands;
  private final int columns;
  private final byte[] levels;
  private int loudest;

  private Spectrogram(int columns, int bands) {
    this.columns = columns;
    this.bands = bands;
    this.levels = new byte[columns * bands];
  }

  /**
   * Reads a stretch of a recording.
   *
   * @param source read as far as the stretch goes
   * @param fromSeconds where the first column begins
   * @param columns how many there are
   * @param columnsPerSecond how many of them one second has
   * @param bands how many bands a column has
   */
  static Spectrogram of(
      AudioSource source, double fromSeconds, int columns, double columnsPerSecond, int bands)
      throws AudioException {
    Spectrogram out = new Spectrogram(columns, bands);
    int[] edges = edges(bands);
    PowerSpectrum spectrum = new PowerSpectrum(WINDOW);
    double[] frame = new double[WINDOW];
    double[] scratch = new double[WINDOW];
    double[] power = new double[spectrum.bins()];
    // The newest samples, and how many there were in all; half a window of silence before them.
    float[] samples = new float[1 << 15];
    int held = WINDOW / 2;
    long first = -held;
    boolean ended = false;
    for (int c = 0; c < columns; c++) {
      double middle = (fromSeconds + (c + 0.5) / columnsPerSecond) * AudioSource.SAMPLE_RATE;
      long start = Math.round(middle) - WINDOW / 2;
      while (first + held < start + WINDOW && !ended) {
        int drop = (int) Math.min(held, Math.max(0, start - first));
        System.arraycopy(samples, drop, samples, 0, held - drop);
        held -= drop;
        first += drop;
        int read = source.read(samples, held, samples.length - held);
        ended = read < 0;
        held += Math.max(0, read);
      }
      for (int i = 0; i < WINDOW; i++) {
        long at = start + i - first;
        double hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * (i + 0.5) / WINDOW);
        frame[i] = at >= 0 && at < held ? hann * samples[(int) at] : 0;
      }
      spectrum.of(frame, scratch, power);
      for (int b = 0; b < bands; b++) {
        double most = 0;
        for (int k = edges[b]; k < edges[b + 1] || k == edges[b]; k++) {
          most = Math.max(most, power[k]);
        }
        double decibels = 10 * Math.log10(most + 1e-12);
        int level = (int) Math.round(255 - (FULL_DB - decibels) / STEP_DB);
        out.set(c, b, Math.max(0, Math.min(255, level)));
      }
    }
    return out;
  }

  private void set(int column, int band, int level) {
    levels[column * bands + band] = (byte) level;
    loudest = Math.max(loudest, level);
  }

  /** First bin of every band, and one past the last. */
  private static int[] edges(int bands) {
    double lowest = mel(LOWEST_HZ);
    double highest = mel(AudioSource.SAMPLE_RATE / 2.0);
    int[] edges = new int[bands + 1];
    for (int b = 0; b <= bands; b++) {
      double hz = 700 * (Math.pow(10, (lowest + (highest - lowest) * b / bands) / 2595) - 1);
      edges[b] = (int) Math.min(WINDOW / 2, Math.round(hz * WINDOW / AudioSource.SAMPLE_RATE));
    }
    return edges;
  }

  private static double mel(double hz) {
    return 2595 * Math.log10(1 + hz / 700);
  }

  /** How loud a band is: 0 at 70 dB below the loudest of all, 1 at the loudest. */
  double loudness(int column, int band) {
    int below = loudest - (levels[column * bands + band] & 0xFF);
    return Math.max(0, 1 - below * STEP_DB / RANGE_DB);
  }

  /**
   * Some columns as a picture, the lowest band at the bottom.
   *
   * @param from first column
   * @param to one past the last
   */
  BufferedImage image(int from, int to) {
    BufferedImage image =
        new BufferedImage(to - from, bands, BufferedImage.TYPE_BYTE_INDEXED, palette());
    byte[] row = new byte[to - from];
    for (int b = 0; b < bands; b++) {
      for (int c = from; c < to; c++) {
        row[c - from] =
            (byte) Math.round(63 * Math.pow(loudness(Math.min(c, columns - 1), b), BRIGHTER));
      }
      image
          .getRaster()
          .setDataElements(0, bands - 1 - b, to - from, 1, Arrays.copyOf(row, row.length));
    }
    return image;
  }

  private static IndexColorModel palette() {
    byte[][] rgb = new byte[3][64];
    for (int i = 0; i < 64; i++) {
      double place = i / 63.0 * (STOPS.length - 1);
      int stop = Math.min(STOPS.length - 2, (int) place);
      for (int p = 0; p < 3; p++) {
        double share = place - stop;
        rgb[p][i] = (byte) Math.round(STOPS[stop][p] * (1 - share) + STOPS[stop + 1][p] * share);
      }
    }
    return new IndexColorModel(6, 64, rgb[0], rgb[1], rgb[2]);
  }
}
