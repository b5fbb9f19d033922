package org.chorale.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The figures of a score. Times in milliseconds unless the name says seconds; shares in percent of
 * the truth's words (starts) or boundaries, so that a missed word is outside every tolerance.
 *
 * @param words words of the truth
 * @param missed of them not placed
 * @param meanMs mean absolute boundary error
 * @param medianMs median absolute start error
 * @param biasMs mean signed start error; positive is late
 * @param within10 boundaries within 10 ms, percent
 * @param within25 within 25 ms
 * @param within50 within 50 ms
 * @param within100 within 100 ms
 * @param f1 boundary F1 at 20 ms, 0 to 1
 * @param derailed starts off by more than 500 ms or missed, percent
 * @param startErrorSeconds mean absolute start error, seconds
 * @param startsWithin300 starts within 0.3 s, percent
 * @param startsWithin200 starts within 0.2 s, percent
 */
public record Figures(
    double words,
    double missed,
    double meanMs,
    double medianMs,
    double biasMs,
    double within10,
    double within25,
    double within50,
    double within100,
    double f1,
    double derailed,
    double startErrorSeconds,
    double startsWithin300,
    double startsWithin200) {

  /** Short names of the columns, as the scorer has them. */
  public static final List<String> COLUMNS =
      List.of(
          "words", "missed", "mae", "med", "bias", "w10", "w25", "w50", "w100", "f20", "derail",
          "aae", "pco", "pco2");

  /** The figures of a score. */
  public static Figures of(Score score) {
    double[] starts = Arrays.stream(score.startErrors()).filter(e -> !Double.isNaN(e)).toArray();
    double[] absoluteStarts = Arrays.stream(starts).map(Math::abs).sorted().toArray();
    double[] boundaries =
        Arrays.stream(score.boundaryErrors())
            .filter(e -> !Double.isNaN(e))
            .map(Math::abs)
            .toArray();
    int words = score.startErrors().length;
    int edges = score.boundaryErrors().length;
    return new Figures(
        words,
        score.missed(),
        1000 * mean(boundaries),
        absoluteStarts.length == 0 ? Double.NaN : 1000 * absoluteStarts[absoluteStarts.length / 2],
        1000 * mean(starts),
        share(boundaries, edges, .010),
        share(boundaries, edges, .025),
        share(boundaries, edges, .050),
        share(boundaries, edges, .100),
        score.f1At20Ms(),
        100 - share(absoluteStarts, words, .5),
        mean(absoluteStarts),
        share(absoluteStarts, words, .3),
        share(absoluteStarts, words, .2));
  }

  /** The figures in the order of {@link #COLUMNS}. */
  public double[] values() {
    return new double[] {
      words,
      missed,
      meanMs,
      medianMs,
      biasMs,
      within10,
      within25,
      within50,
      within100,
      f1,
      derailed,
      startErrorSeconds,
      startsWithin300,
      startsWithin200
    };
  }

  /** The mean over files; words and missed words are sums. */
  public static Figures mean(List<Figures> files) {
    double[] sum = new double[COLUMNS.size()];
    for (Figures file : files) {
      double[] values = file.values();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += i < 2 ? values[i] : values[i] / files.size();
      }
    }
    return new Figures(
        sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6], sum[7], sum[8], sum[9], sum[10],
        sum[11], sum[12], sum[13]);
  }

  /** The head of a table of {@link #row}s. */
  public static String header() {
    StringBuilder out = new StringBuilder(String.format("%-36s", "file"));
    COLUMNS.forEach(c -> out.append(String.format(" %7s", c)));
    return out.toString();
  }

  /** One line of a table. */
  public String row(String name) {
    StringBuilder out =
        new StringBuilder(
            String.format("%-36s", name.length() > 36 ? name.substring(0, 36) : name));
    double[] values = values();
    for (int i = 0; i < values.length; i++) {
      String column = COLUMNS.get(i);
      int decimals = i < 2 ? 0 : column.equals("f20") || column.equals("aae") ? 3 : 1;
      out.append(
          String.format(" %7s", String.format(Locale.ROOT, "%." + decimals + "f", values[i])));
    }
    return out.toString();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / Math.max(1, values.length);
  }

  private static double share(double[] absolute, int of, double toleranceSeconds) {
    long inside = Arrays.stream(absolute).filter(e -> e <= toleranceSeconds + 1e-9).count();
    return 100.0 * inside / Math.max(1, of);
  }
}
