package org.chorale.align;

import java.util.Arrays;

/**
 * The runs of frames that a path spends on one node each, or on several in a row of the same mark
 * between words and the same class. Immutable.
 *
 * @param trellis what the path leads through
 * @param path node of every frame
 * @param starts first frame of every segment
 */
@SuppressWarnings("ArrayRecordComponent") // a view of a path, never compared
record Segments(Trellis trellis, int[] path, int[] starts) {

  /** Phones of usual rate that weigh against those heard when the local rate of speech is told. */
  static final double RATE_PRIOR = 6;

  /** Phones on either side that tell the local rate of speech. */
  private static final int RATE_PHONES = 12;

  /** No phone says more of the rate than this, natural logarithm. */
  private static final double MOST_LOG_RATIO = 1.2;

  /** The segments of a path. */
  static Segments of(Trellis trellis, int[] path) {
    int[] starts = new int[path.length];
    int count = 0;
    for (int t = 0; t < path.length; t++) {
      if (t == 0 || !goesOn(trellis, path[t - 1], path[t])) {
        starts[count++] = t;
      }
    }
    return new Segments(trellis, path, Arrays.copyOf(starts, count));
  }

  private static boolean goesOn(Trellis trellis, int before, int node) {
    return node == before
        || trellis.wordOf(node) == TextTrellis.SILENCE
            && trellis.wordOf(before) == TextTrellis.SILENCE
        || trellis.wordOf(node) == TextTrellis.STAR
            && trellis.wordOf(before) == TextTrellis.STAR
            && trellis.classOf(node) == trellis.classOf(before);
  }

  /** Number of segments. */
  int count() {
    return starts.length;
  }

  /** First frame of a segment. */
  int start(int segment) {
    return starts[segment];
  }

  /** One past the last frame of a segment. */
  int end(int segment) {
    return segment + 1 < starts.length ? starts[segment + 1] : path.length;
  }

  /** Its node. */
  int node(int segment) {
    return path[starts[segment]];
  }

  /** The word of its node, or one of {@link TextTrellis}'s marks. */
  int word(int segment) {
    return trellis.wordOf(node(segment));
  }

  /** The class that its node emits. */
  int phoneClass(int segment) {
    return trellis.classOf(node(segment));
  }

  /**
   * How much longer than usual phones last around every segment, natural logarithm, pulled towards
   * 0. Phones of a single frame do not count: the first pass only went through them.
   */
  double[] logRates(DurationModel durations, double ratePrior) {
    int count = count();
    double[] sum = new double[count + 1];
    int[] phones = new int[count + 1];
    for (int s = 0; s < count; s++) {
      int frames = end(s) - start(s);
      boolean known = durations.knows(phoneClass(s)) && frames > 1;
      double ratio = known ? durations.logRatio(phoneClass(s), frames) : 0;
      sum[s + 1] = sum[s] + Math.max(-MOST_LOG_RATIO, Math.min(MOST_LOG_RATIO, ratio));
      phones[s + 1] = phones[s] + (known ? 1 : 0);
    }
    double[] rates = new double[count];
    for (int s = 0; s < count; s++) {
      int from = Math.max(0, s - RATE_PHONES);
      int to = Math.min(count, s + RATE_PHONES + 1);
      rates[s] = (sum[to] - sum[from]) / (phones[to] - phones[from] + ratePrior);
    }
    return rates;
  }
}
