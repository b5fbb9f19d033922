package org.chorale.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.chorale.align.AlignedWord;

/**
 * The errors of one recording, or of several pooled.
 *
 * @param startErrors signed error of every truth word's start, seconds; NaN when it was not placed
 * @param boundaryErrors the same of every boundary of the truth, starts and ends
 * @param missed truth words that were not placed
 * @param f1At20Ms F1 of the boundaries at 20 ms, labels ignored, one to one
 */
public record Score(double[] startErrors, double[] boundaryErrors, int missed, double f1At20Ms) {

  private static final double TOLERANCE_SECONDS = 0.020;
  private static final double ROUNDING = 1e-9;

  /** Takes copies. */
  public Score {
    startErrors = startErrors.clone();
    boundaryErrors = boundaryErrors.clone();
  }

  @Override
  public double[] startErrors() {
    return startErrors.clone();
  }

  @Override
  public double[] boundaryErrors() {
    return boundaryErrors.clone();
  }

  /**
   * Compares a result with the truth.
   *
   * @param startsOnly leave the ends out, where the truth's ends mean something else
   */
  public static Score of(List<TruthWord> truth, List<AlignedWord> words, boolean startsOnly) {
    List<AlignedWord> spelled = new ArrayList<>();
    List<String> spellings = new ArrayList<>();
    for (AlignedWord word : words) {
      String spelling = Spelling.of(word.text());
      if (!spelling.isEmpty()) {
        spelled.add(word);
        spellings.add(spelling);
      }
    }
    int[] partner = WordPairing.of(truth.stream().map(TruthWord::spelling).toList(), spellings);
    List<Double> starts = new ArrayList<>();
    List<Double> boundaries = new ArrayList<>();
    List<Double> reference = new ArrayList<>();
    List<Double> found = new ArrayList<>();
    int missed = 0;
    for (int k = 0; k < truth.size(); k++) {
      TruthWord word = truth.get(k);
      boolean ends = !startsOnly && !Double.isNaN(word.endSeconds());
      AlignedWord placed = partner[k] < 0 ? null : spelled.get(partner[k]);
      reference.add(word.startSeconds());
      if (ends) {
        reference.add(word.endSeconds());
      }
      if (placed == null || !placed.isTimed()) {
        missed++;
        starts.add(Double.NaN);
        boundaries.add(Double.NaN);
        if (ends) {
          boundaries.add(Double.NaN);
        }
        continue;
      }
      double start = millis(placed.startSeconds());
      double end = millis(placed.endSeconds());
      starts.add(start - word.startSeconds());
      boundaries.add(start - word.startSeconds());
      found.add(start);
      if (ends) {
        boundaries.add(end - word.endSeconds());
        found.add(end);
      }
    }
    return new Score(array(starts), array(boundaries), missed, f1(array(reference), array(found)));
  }

  /** All scores as one; F1 is the mean weighted by words. */
  public static Score pooled(List<Score> scores) {
    double f1 = 0;
    int words = 0;
    int missed = 0;
    for (Score score : scores) {
      f1 += score.f1At20Ms * score.startErrors.length;
      words += score.startErrors.length;
      missed += score.missed;
    }
    return new Score(
        scores.stream().flatMapToDouble(s -> Arrays.stream(s.startErrors)).toArray(),
        scores.stream().flatMapToDouble(s -> Arrays.stream(s.boundaryErrors)).toArray(),
        missed,
        f1 / Math.max(1, words));
  }

  /** A time as the JSON result gives it. */
  private static double millis(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double f1(double[] reference, double[] found) {
    Arrays.sort(reference);
    Arrays.sort(found);
    boolean[] used = new boolean[found.length];
    int hits = 0;
    for (double r : reference) {
      int best = -1;
      for (int i = lowerBound(found, r - TOLERANCE_SECONDS - ROUNDING);
          i < found.length && found[i] <= r + TOLERANCE_SECONDS + ROUNDING;
          i++) {
        if (!used[i] && (best < 0 || Math.abs(found[i] - r) < Math.abs(found[best] - r))) {
          best = i;
        }
      }
      if (best >= 0) {
        used[best] = true;
        hits++;
      }
    }
    double precision = hits / (double) Math.max(1, found.length);
    double recall = hits / (double) Math.max(1, reference.length);
    return hits == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }

  private static int lowerBound(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
