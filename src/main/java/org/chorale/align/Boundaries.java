package org.chorale.align;

import java.util.Arrays;
import org.chorale.acoustic.BandLevels;
import org.chorale.acoustic.BoundaryModel;

/**
 * Times of the boundaries of a path: below the frame grid by the scores ({@link BoundaryRefiner}),
 * then by the sound itself where there is a model for that ({@link FineBoundaries}), else less the
 * mean error of their kind ({@link TransitionBias}); at pauses by the level ({@link PauseEdges}).
 * Thread-safe.
 */
final class Boundaries {

  private final PhoneClasses classes;
  private final BoundaryRefiner refiner;

  /** Null where the acoustic model brings none. */
  private final FineBoundaries fine;

  /**
   * Boundaries of an acoustic model's classes.
   *
   * @param durationWeight weight of the log density of a duration against log posteriors
   * @param model null where the acoustic model brings none
   */
  Boundaries(PhoneClasses classes, double durationWeight, BoundaryModel model) {
    this.classes = classes;
    this.refiner = new BoundaryRefiner(classes.durations(), durationWeight);
    this.fine = model == null ? null : new FineBoundaries(model, classes.frameSeconds());
  }

  /**
   * Times of edges.
   *
   * @param path node of every frame
   * @param levels of the recording; null where nobody listened to them
   * @param durationSeconds of the recording
   * @return for every frame that begins a segment, and for the end of the path, when that is, from
   *     0 to {@code durationSeconds}; NaN for other frames
   */
  double[] of(
      Trellis trellis, int[] path, SpeechScores scores, BandLevels levels, double durationSeconds) {
    double[] out = new double[path.length + 1];
    Arrays.fill(out, Double.NaN);
    out[path.length] = durationSeconds;
    Segments segments = Segments.of(trellis, path);
    double[] seconds = seconds(segments, scores, levels, durationSeconds);
    for (int s = 0; s < segments.count(); s++) {
      out[segments.start(s)] = Math.max(0, Math.min(durationSeconds, seconds[s]));
    }
    return out;
  }

  private double[] seconds(
      Segments segments, SpeechScores scores, BandLevels levels, double durationSeconds) {
    double[] edges = refiner.edges(segments, scores);
    int count = segments.count();
    double[] raw = new double[count + 1];
    for (int s = 0; s < count; s++) {
      raw[s] = edges[s] * classes.frameSeconds();
    }
    raw[count] = durationSeconds;
    if (levels == null || fine == null) {
      return lessBias(segments, raw);
    }
    double[] moved = fine.moved(segments, raw, scores, levels);
    return PauseEdges.moved(segments, moved, classes.silence(), levels);
  }

  /** Less the mean error of their kind; star and hesitation have none. */
  private double[] lessBias(Segments segments, double[] seconds) {
    double[] out = seconds.clone();
    int star = classes.symbols().size();
    for (int s = 1; s < segments.count(); s++) {
      int left = segments.phoneClass(s - 1);
      int right = segments.phoneClass(s);
      if (left < star && right < star) {
        out[s] -= classes.bias().seconds(left, right);
      }
    }
    return out;
  }
}
