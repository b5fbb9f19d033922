package org.chorale.synth;

import java.util.Arrays;

/**
 * Pitch of clean speech: normalised cross-correlation, the best few lags of every frame, one path
 * through them (Viterbi). The models have learnt from the pitch that this method finds
 * (models/tts-v1/train/pitch.py does the same). Stateless, thread-safe.
 */
final class SpeechPitch {

  /** Samples from frame to frame, at 16 kHz. */
  static final int HOP = 160;

  private static final int LOW_LAG = 36; // 444 Hz
  private static final int HIGH_LAG = 290; // 55 Hz
  private static final int WINDOW = 400;
  private static final int SPAN = WINDOW + HIGH_LAG + 1;
  private static final int BEST = 5;
  private static final double UNVOICED = 0.5;
  private static final double OCTAVE_COST = 0.06;
  private static final double JUMP = 0.6;
  private static final double SWITCH = 0.14;
  private static final double NO_PEAK = -1;

  private SpeechPitch() {}

  /**
   * Follows the pitch.
   *
   * @param samples at 16 kHz
   * @return Hz at the middle of every 10 ms, 0 where there is no voice; one value for {@link #HOP}
   *     samples
   */
  static float[] of(float[] samples) {
    int frames = samples.length / HOP;
    double mean = 0;
    for (float x : samples) {
      mean += x * x / samples.length;
    }
    double floor = 1e-4 * WINDOW * Math.max(mean, 1e-9);
    Frame before = null;
    byte[][] back = new byte[frames][];
    double[][] octaves = new double[frames][];
    for (int t = 0; t < frames; t++) {
      Frame frame = new Frame(samples, t * HOP + HOP / 2 - (WINDOW + 110) / 2, floor);
      back[t] = frame.follow(before);
      octaves[t] = frame.octave;
      before = frame;
    }
    float[] out = new float[frames];
    int state = before == null ? 0 : lowest(before.cost);
    for (int t = frames - 1; t >= 0; t--) {
      out[t] = state < BEST ? (float) Math.pow(2, octaves[t][state]) : 0;
      state = back[t][state];
    }
    return out;
  }

  private static int lowest(double[] cost) {
    int best = 0;
    for (int i = 1; i < cost.length; i++) {
      best = cost[i] < cost[best] ? i : best;
    }
    return best;
  }

  /** The candidates of a frame; the last state is that of no voice. */
  private static final class Frame {
    private final double[] strength = new double[BEST + 1];
    private final double[] octave = new double[BEST];
    private final double[] cost = new double[BEST + 1];

    Frame(float[] samples, int from, double floor) {
      double[] y = new double[SPAN];
      double mean = 0;
      for (int i = 0; i < SPAN; i++) {
        y[i] = from + i >= 0 && from + i < samples.length ? samples[from + i] : 0;
        mean += y[i] / SPAN;
      }
      double[] squares = new double[SPAN + 1];
      for (int i = 0; i < SPAN; i++) {
        y[i] -= mean;
        squares[i + 1] = squares[i] + y[i] * y[i];
      }
      double[] r = new double[HIGH_LAG + 1];
      for (int lag = LOW_LAG - 1; lag <= HIGH_LAG; lag++) {
        double sum = 0;
        for (int i = 0; i < WINDOW; i++) {
          sum += y[i] * y[i + lag];
        }
        double energy = squares[lag + WINDOW] - squares[lag];
        r[lag] = sum / Math.sqrt((squares[WINDOW] + floor) * (energy + floor));
      }
      Arrays.fill(strength, NO_PEAK);
      for (int lag = LOW_LAG; lag < HIGH_LAG; lag++) {
        if (r[lag] >= r[lag - 1] && r[lag] >= r[lag + 1]) {
          keep(lag, r);
        }
      }
      strength[BEST] = UNVOICED - OCTAVE_COST * 1.5;
    }

    private void keep(int lag, double[] r) {
      double score = r[lag] - OCTAVE_COST * Math.log((double) lag / LOW_LAG) / Math.log(2);
      int least = 0;
      for (int i = 1; i < BEST; i++) {
        least = strength[i] < strength[least] ? i : least;
      }
      if (score > strength[least]) {
        double bend = r[lag - 1] - 2 * r[lag] + r[lag + 1];
        double shift = bend < -1e-9 ? 0.5 * (r[lag - 1] - r[lag + 1]) / bend : 0;
        strength[least] = score;
        octave[least] =
            Math.log(Synthesizer.SAMPLE_RATE / (lag + Math.max(-1, Math.min(1, shift))))
                / Math.log(2);
      }
    }

    /** Costs of the best paths to here, and the state that each of them comes from. */
    byte[] follow(Frame before) {
      byte[] from = new byte[BEST + 1];
      for (int j = 0; j <= BEST; j++) {
        double best = before == null ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; before != null && i <= BEST; i++) {
          double move = i == j ? 0 : SWITCH;
          if (i < BEST && j < BEST) {
            move = JUMP * Math.abs(before.octave[i] - octave[j]);
          }
          if (before.cost[i] + move < best) {
            best = before.cost[i] + move;
            from[j] = (byte) i;
          }
        }
        cost[j] = best - strength[j];
      }
      return from;
    }
  }
}
