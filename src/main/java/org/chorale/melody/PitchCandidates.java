package org.chorale.melody;

import be.tarsos.dsp.util.fft.FloatFFT;
import java.util.Arrays;

/**
 * The pitches a stretch of sound may have, and how likely each is: YIN's difference function (de
 * Cheveigné and Kawahara 2002), read with many thresholds at once instead of one (pYIN: Mauch and
 * Dixon 2014). What one threshold gets wrong by an octave is here a second candidate. Not
 * thread-safe.
 */
final class PitchCandidates {

  /** The most candidates of a frame. */
  static final int MOST = 6;

  private static final double LOWEST_HZ = 60;
  private static final double HIGHEST_HZ = 1100;
  private static final double WINDOW_SECONDS = 0.064;
  private static final int THRESHOLDS = 100;

  /** What a threshold that no dip reaches leaves to the deepest dip. */
  private static final double NO_DIP = 0.01;

  private static final double QUIET = 1e-7;

  private final int sampleRate;
  private final int window;
  private final int shortestLag;
  private final int longestLag;
  private final FloatFFT transform;
  private final float[] head;
  private final float[] whole;
  private final double[] dip;
  private final double[] weights = new double[THRESHOLDS];
  private final float[] semitones = new float[MOST];
  private final float[] probabilities = new float[MOST];
  private int count;
  private float energy;

  PitchCandidates(int sampleRate) {
    this.sampleRate = sampleRate;
    this.window = (int) Math.round(WINDOW_SECONDS * sampleRate);
    this.shortestLag = (int) Math.floor(sampleRate / HIGHEST_HZ);
    this.longestLag = (int) Math.ceil(sampleRate / LOWEST_HZ);
    int size = Integer.highestOneBit(window + longestLag + 1) * 2;
    this.transform = new FloatFFT(size);
    this.head = new float[size];
    this.whole = new float[size];
    this.dip = new double[longestLag + 2];
    double sum = 0;
    for (int t = 0; t < THRESHOLDS; t++) {
      // Beta distribution (2, 6), thresholds around a quarter: for a voice alone pYIN has lower
      // ones, but what a band adds fills the dips.
      double x = (t + 0.5) / THRESHOLDS;
      weights[t] = x * Math.pow(1 - x, 5);
      sum += weights[t];
    }
    for (int t = 0; t < THRESHOLDS; t++) {
      weights[t] /= sum;
    }
  }

  /** Samples that a frame needs. */
  int frameSamples() {
    return window + longestLag + 1;
  }

  /**
   * Finds the candidates of a frame.
   *
   * @param samples mono
   * @param from where the frame begins; {@link #frameSamples()} follow
   */
  void find(float[] samples, int from) {
    count = 0;
    differences(samples, from);
    if (energy < QUIET) {
      return;
    }
    double deepest = Double.POSITIVE_INFINITY;
    int deepestLag = -1;
    int[] lags = new int[longestLag];
    int found = 0;
    for (int lag = shortestLag; lag <= longestLag; lag++) {
      if (dip[lag] < dip[lag - 1] && dip[lag] <= dip[lag + 1]) {
        lags[found++] = lag;
        if (dip[lag] < deepest) {
          deepest = dip[lag];
          deepestLag = lag;
        }
      }
    }
    double[] share = new double[found];
    for (int t = 0; t < THRESHOLDS; t++) {
      double threshold = (t + 0.5) / THRESHOLDS;
      boolean reached = false;
      for (int k = 0; k < found && !reached; k++) {
        if (dip[lags[k]] < threshold) {
          share[k] += weights[t];
          reached = true;
        }
      }
      for (int k = 0; k < found && !reached; k++) {
        if (lags[k] == deepestLag) {
          share[k] += weights[t] * NO_DIP;
        }
      }
    }
    for (int k = 0; k < found; k++) {
      if (share[k] > 1e-4) {
        keep(lags[k], (float) share[k]);
      }
    }
  }

  int count() {
    return count;
  }

  /** MIDI number of a candidate, with its fraction. */
  float semitones(int candidate) {
    return semitones[candidate];
  }

  float probability(int candidate) {
    return probabilities[candidate];
  }

  /** Mean square of the frame. */
  float energy() {
    return energy;
  }

  private void keep(int lag, float share) {
    int at = count;
    if (count == MOST) {
      at = 0;
      for (int c = 1; c < MOST; c++) {
        at = probabilities[c] < probabilities[at] ? c : at;
      }
      if (probabilities[at] >= share) {
        return;
      }
    } else {
      count++;
    }
    // The dip lies between the lags: the vertex of the parabola through three of them.
    double a = dip[lag - 1];
    double b = dip[lag];
    double c = dip[lag + 1];
    double bend = a - 2 * b + c;
    double exact = lag + (bend > 0 ? 0.5 * (a - c) / bend : 0);
    semitones[at] = (float) (69 + 12 * Math.log(sampleRate / exact / 440) / Math.log(2));
    probabilities[at] = share;
  }

  /** YIN's difference function, each value over the mean of those before it. */
  private void differences(float[] samples, int from) {
    int size = head.length;
    Arrays.fill(head, 0);
    Arrays.fill(whole, 0);
    System.arraycopy(samples, from, head, 0, window);
    System.arraycopy(samples, from, whole, 0, frameSamples());
    double first = 0;
    for (int i = 0; i < window; i++) {
      first += head[i] * (double) head[i];
    }
    energy = (float) (first / window);
    transform.realForward(head);
    transform.realForward(whole);
    // Cross-correlation: the conjugate of the one times the other.
    head[0] *= whole[0];
    head[1] *= whole[1];
    for (int k = 2; k < size; k += 2) {
      float re = head[k] * whole[k] + head[k + 1] * whole[k + 1];
      float im = head[k] * whole[k + 1] - head[k + 1] * whole[k];
      head[k] = re;
      head[k + 1] = im;
    }
    transform.realInverse(head, true);
    double shifted = first;
    double sum = 0;
    dip[0] = 1;
    for (int lag = 1; lag <= longestLag + 1; lag++) {
      double out = samples[from + lag - 1];
      double in = samples[from + window + lag - 1];
      shifted += in * in - out * out;
      double difference = Math.max(0, first + shifted - 2 * head[lag]);
      sum += difference;
      dip[lag] = sum > 0 ? difference * lag / sum : 1;
    }
  }
}
