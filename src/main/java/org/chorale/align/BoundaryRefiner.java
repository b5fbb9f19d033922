package org.chorale.align;

/**
 * Places boundaries below the frame grid. Between two segments whose other ends stay where they
 * are, every frame near the boundary is as likely a boundary as scores and durations say; the
 * boundary is the mean of these places. A mean moves little when the sound changes little: the same
 * recording through another codec gives nearly the same times. Thread-safe.
 */
final class BoundaryRefiner {

  /** Places on either side of the boundary of the path that are looked at. */
  private static final int REACH_FRAMES = 8;

  /** Scores of neighbouring frames say much the same: sums of them are that much too sure. */
  private static final double TEMPERATURE = 3;

  private final DurationModel durations;
  private final double weight;

  /**
   * A refiner.
   *
   * @param weight of the log density of a duration against log posteriors, at least 0
   */
  BoundaryRefiner(DurationModel durations, double weight) {
    this.durations = durations;
    this.weight = weight;
  }

  /**
   * Where the segments of a path begin.
   *
   * @return of every segment, in frames from the beginning of the recording; 0 for the first
   */
  double[] edges(Segments segments, SpeechScores scores) {
    double[] edges = new double[segments.count()];
    double[] rates = segments.logRates(durations, Segments.RATE_PRIOR);
    double[] value = new double[2 * REACH_FRAMES + 1];
    for (int s = 1; s < segments.count(); s++) {
      int at = segments.start(s);
      int begin = segments.start(s - 1);
      int end = segments.end(s);
      int left = segments.phoneClass(s - 1);
      int right = segments.phoneClass(s);
      int from = Math.max(begin + 1, at - REACH_FRAMES);
      int to = Math.min(end - 1, at + REACH_FRAMES);
      double sum = 0;
      double best = Double.NEGATIVE_INFINITY;
      for (int t = from; t <= to; t++) {
        if (t > from) {
          sum += scores.score(t - 1, left) - scores.score(t - 1, right);
        }
        double density =
            durations.logDensity(left, t - begin, rates[s - 1])
                + durations.logDensity(right, end - t, rates[s]);
        value[t - from] = (sum + weight * density) / TEMPERATURE;
        best = Math.max(best, value[t - from]);
      }
      double mass = 0;
      double mean = 0;
      for (int t = from; t <= to; t++) {
        double share = Math.exp(value[t - from] - best);
        mass += share;
        mean += share * t;
      }
      edges[s] = mean / mass;
    }
    return edges;
  }
}
