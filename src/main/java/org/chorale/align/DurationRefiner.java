package org.chorale.align;

import java.util.Arrays;

/**
 * The second pass of the search: the phones are those of the first pass, their boundaries move,
 * each within a window, to where the scores together with the usual durations of the phones are
 * best (explicit-duration HMM on a fixed sequence; exact within the windows). The first pass knows
 * no durations: where the sound does not say where a phone ends - a closure shared by two stops,
 * two equal phones at a word boundary - it puts the boundary anywhere, and it passes through phones
 * that it does not like in a single frame. Time and memory are linear in the recording.
 * Thread-safe.
 */
final class DurationRefiner {

  /** Boundaries move at most so far from the first pass. */
  private static final int WINDOW_FRAMES = 30;

  private final DurationModel durations;
  private final double weight;
  private final double ratePrior;

  /**
   * A refiner.
   *
   * @param weight of the log density of a duration against log posteriors, at least 0
   */
  DurationRefiner(DurationModel durations, double weight) {
    this(durations, weight, Segments.RATE_PRIOR);
  }

  /**
   * A refiner.
   *
   * @param ratePrior phones of usual rate that weigh against those heard when the local rate of
   *     speech is told
   */
  DurationRefiner(DurationModel durations, double weight, double ratePrior) {
    this.durations = durations;
    this.weight = weight;
    this.ratePrior = ratePrior;
  }

  /**
   * Moves the boundaries of a path.
   *
   * @param path node of every frame
   * @return node of every frame, the same nodes in the same order
   */
  int[] refined(Trellis trellis, int[] path, SpeechScores scores) {
    if (weight == 0 || path.length == 0) {
      return path;
    }
    Segments segments = Segments.of(trellis, path);
    double[] rates = segments.logRates(durations, ratePrior);
    int count = segments.count();
    int span = 2 * WINDOW_FRAMES + 1;
    // best[k]: score of the segments before a boundary at frame first + k; came: where the one
    // before it lay.
    double[] best = {0};
    int first = 0;
    byte[][] came = new byte[count][];
    int[] firstOf = new int[count + 1];
    for (int s = 0; s < count; s++) {
      int nextFirst;
      int nextLast;
      if (s == count - 1) {
        nextFirst = path.length;
        nextLast = path.length;
      } else {
        int at = segments.start(s + 1);
        nextFirst = Math.max(s + 1, at - WINDOW_FRAMES);
        nextLast = Math.min(path.length - (count - 1 - s), at + WINDOW_FRAMES);
      }
      int phoneClass = segments.phoneClass(s);
      double[] sums = sums(scores, phoneClass, first, nextLast);
      double[] next = new double[nextLast - nextFirst + 1];
      came[s] = new byte[Math.min(span, next.length)];
      double[] density = densities(phoneClass, rates[s], nextLast - first);
      // The sum of the frames from a start to an end, taken apart.
      for (int j = 0; j < best.length; j++) {
        best[j] -= sums[j];
      }
      for (int k = 0; k < next.length; k++) {
        int end = nextFirst + k - first;
        double most = Double.NEGATIVE_INFINITY;
        int start = 0;
        for (int j = 0; j < Math.min(best.length, end); j++) {
          double score = best[j] + density[end - j];
          if (score > most) {
            most = score;
            start = j;
          }
        }
        next[k] = most + (end > 0 ? sums[end] : 0);
        came[s][k] = (byte) start;
      }
      best = next;
      first = nextFirst;
      firstOf[s + 1] = nextFirst;
    }
    return trace(segments, came, firstOf, path);
  }

  private static int[] trace(Segments segments, byte[][] came, int[] firstOf, int[] path) {
    int[] out = new int[path.length];
    int end = path.length;
    for (int s = segments.count() - 1; s >= 0; s--) {
      int start = firstOf[s] + came[s][end - firstOf[s + 1]];
      Arrays.fill(out, start, end, segments.node(s));
      end = start;
    }
    return out;
  }

  /**
   * Cumulated scores of a class: entry i is the sum of the frames from {@code from} to from + i.
   */
  private static double[] sums(SpeechScores scores, int phoneClass, int from, int to) {
    double[] sums = new double[to - from + 1];
    for (int t = from; t < to; t++) {
      sums[t - from + 1] = sums[t - from] + scores.score(t, phoneClass);
    }
    return sums;
  }

  private double[] densities(int phoneClass, double logRate, int longest) {
    double[] out = new double[longest + 1];
    if (durations.knows(phoneClass)) {
      for (int d = 1; d <= longest; d++) {
        out[d] = weight * durations.logDensity(phoneClass, d, logRate);
      }
    }
    return out;
  }
}
