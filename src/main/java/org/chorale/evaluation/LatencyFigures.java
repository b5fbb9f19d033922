package org.chorale.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How long final words let wait: from the end of a word in the truth to the audio that had come in
 * when it became final. Not thread-safe.
 */
public final class LatencyFigures {

  private final List<Double> seconds = new ArrayList<>();

  /**
   * Adds a recording.
   *
   * @param truth its words
   * @param spellings of the words that became final, in order
   * @param finalSeconds when they did, seconds of audio that had come in
   */
  public void add(List<TruthWord> truth, List<String> spellings, List<Double> finalSeconds) {
    int[] partner =
        WordPairing.of(
            truth.stream().map(TruthWord::spelling).toList(),
            spellings.stream().map(Spelling::of).toList());
    for (int k = 0; k < truth.size(); k++) {
      if (partner[k] >= 0 && !Double.isNaN(truth.get(k).endSeconds())) {
        seconds.add(finalSeconds.get(partner[k]) - truth.get(k).endSeconds());
      }
    }
  }

  /** Number of words. */
  public int words() {
    return seconds.size();
  }

  /**
   * The latency that a share of the words stays below, seconds.
   *
   * @param share 0 to 1
   */
  public double quantile(double share) {
    if (seconds.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "latency of %d final words: median %.0f ms, p90 %.0f ms, p95 %.0f ms, p99 %.0f ms, worst"
            + " %.0f ms",
        words(),
        1000 * quantile(0.5),
        1000 * quantile(0.9),
        1000 * quantile(0.95),
        1000 * quantile(0.99),
        1000 * quantile(1));
  }
}
