package org.chorale.align;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.chorale.acoustic.BandLevels;
import org.chorale.acoustic.BoundaryModel;

/**
 * Moves boundaries to where the sound changes, as a {@link BoundaryModel} hears it in levels that
 * are finer than the frames of the search. Local: a boundary depends on the levels and scores
 * within 0.1 s of it, on its phones and on nothing else. Thread-safe.
 */
final class FineBoundaries {

  /** Boundaries that are shown to the model at a time. */
  private static final int BATCH = 256;

  /** Scores further below the best class's than this say no more. */
  private static final float LEAST_SCORE = -8;

  private final BoundaryModel model;
  private final double frameSeconds;

  /**
   * Of a model.
   *
   * @param frameSeconds time from frame to frame of the search, seconds
   */
  FineBoundaries(BoundaryModel model, double frameSeconds) {
    this.model = model;
    this.frameSeconds = frameSeconds;
  }

  /**
   * Moves the boundaries between phones, and between phones and silence; those of the star stay.
   *
   * @param seconds where every segment begins, and where the last one ends
   * @return as {@code seconds}
   */
  double[] moved(Segments segments, double[] seconds, SpeechScores scores, BandLevels levels) {
    double[] out = seconds.clone();
    int star = scores.starClass();
    int[] heard =
        IntStream.range(1, segments.count())
            .filter(s -> segments.phoneClass(s - 1) < star && segments.phoneClass(s) < star)
            .toArray();
    IntStream.range(0, (heard.length + BATCH - 1) / BATCH)
        .mapToObj(
            b -> Arrays.copyOfRange(heard, b * BATCH, Math.min(heard.length, (b + 1) * BATCH)))
        .parallel()
        .forEach(batch -> move(batch, segments, seconds, scores, levels, out));
    return out;
  }

  private void move(
      int[] batch,
      Segments segments,
      double[] seconds,
      SpeechScores scores,
      BandLevels levels,
      double[] out) {
    int patch = (2 * model.reachFrames() + 1) * BandLevels.BANDS;
    int cueCount = model.cues();
    float[] patches = new float[batch.length * patch];
    float[] cues = new float[batch.length * cueCount];
    for (int i = 0; i < batch.length; i++) {
      int s = batch[i];
      int middle = middle(seconds[s]);
      for (int f = -model.reachFrames(); f <= model.reachFrames(); f++) {
        levels.copyFrame(
            middle + f, patches, i * patch + (f + model.reachFrames()) * BandLevels.BANDS);
      }
      describe(segments, s, seconds, scores, cues, i * cueCount);
    }
    float[] places = model.places(batch.length, patches, cues);
    for (int i = 0; i < batch.length; i++) {
      out[batch[i]] = middle(seconds[batch[i]]) * BandLevels.HOP_SECONDS + places[i];
    }
  }

  private static int middle(double seconds) {
    return (int) Math.rint(seconds / BandLevels.HOP_SECONDS);
  }

  /** As {@link BoundaryModel#places} wants it. */
  private void describe(
      Segments segments, int s, double[] seconds, SpeechScores scores, float[] cues, int offset) {
    int left = segments.phoneClass(s - 1);
    int right = segments.phoneClass(s);
    int at = offset;
    cues[at + model.kind(left)] = 1;
    cues[at + model.kinds() + model.kind(right)] = 1;
    at += 2 * model.kinds();
    int middle = (int) Math.rint(seconds[s] / frameSeconds);
    float[] frame = new float[scores.classes()];
    int frames = model.scoreFrames();
    for (int f = 0; f < frames; f++) {
      int t = Math.max(0, Math.min(scores.frames() - 1, middle - frames / 2 + f));
      scores.scores(t, frame);
      float best = frame[0];
      for (float score : frame) {
        best = Math.max(best, score);
      }
      cues[at + f] = Math.max(LEAST_SCORE, frame[left] - best) / 4;
      cues[at + frames + f] = Math.max(LEAST_SCORE, frame[right] - best) / 4;
    }
    at += 2 * frames;
    cues[at] = logSeconds(seconds[s] - seconds[s - 1]);
    cues[at + 1] = logSeconds(seconds[s + 1] - seconds[s]);
    cues[at + 2] = (float) ((seconds[s] - middle(seconds[s]) * BandLevels.HOP_SECONDS) / 0.01);
  }

  private static float logSeconds(double seconds) {
    return (float) (Math.log(Math.max(0, seconds) + 0.01) + 2.5);
  }
}
