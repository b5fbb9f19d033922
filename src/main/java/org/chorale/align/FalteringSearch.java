package org.chorale.align;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.chorale.acoustic.Emissions;
import org.chorale.align.ViterbiKernel.NoPathException;
import org.chorale.align.ViterbiKernel.Path;

/**
 * Looks again where words fit badly: the speaker may have hesitated there, or begun a word twice,
 * which no text says. There, and only there, asides are added to the trellis, and the best path is
 * searched for once more, near the first one. Where all words fit nothing is searched and nothing
 * changes. Thread-safe.
 */
final class FalteringSearch {

  /** Mean evidence of a word's phones below which it fits badly, nats. */
  private static final double POOR = -1;

  private final PhoneClasses classes;
  private final SearchSettings settings;
  private final CheckpointedViterbi kernel = new CheckpointedViterbi(Float.POSITIVE_INFINITY);

  FalteringSearch(PhoneClasses classes, SearchSettings settings) {
    this.classes = classes;
    this.settings = settings;
  }

  /**
   * A path and what it leads through.
   *
   * @param nodes node of every frame
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Found(Trellis trellis, int[] nodes) {}

  /**
   * A path that is at least as good as another one.
   *
   * @param text what the trellis was built of
   * @param first the best path without asides
   */
  Found better(
      Trellis trellis,
      List<List<Reading>> text,
      Path first,
      SpeechScores scores,
      Emissions emissions) {
    BitSet faltering = faltering(trellis, text, first.nodes(), emissions);
    if (faltering.isEmpty()) {
      return new Found(trellis, first.nodes());
    }
    Trellis more = TextTrellis.of(text, classes.silence(), scores.starClass(), settings, faltering);
    Band band = Band.around(places(trellis, first.nodes()), more, scores.frames(), 1);
    try {
      Path second = kernel.bestPath(more, scores, band);
      return second.score() > first.score()
          ? new Found(more, second.nodes())
          : new Found(trellis, first.nodes());
    } catch (NoPathException e) {
      return new Found(trellis, first.nodes());
    }
  }

  /** The words that fit badly, and those that follow them. */
  private BitSet faltering(
      Trellis trellis, List<List<Reading>> text, int[] path, Emissions emissions) {
    BitSet poor = new BitSet();
    Segments segments = Segments.of(trellis, path);
    float[] frame = new float[emissions.classes()];
    int s = 0;
    while (s < segments.count()) {
      int word = segments.word(s);
      double sum = 0;
      int phones = 0;
      for (; s < segments.count() && segments.word(s) == word; s++) {
        int phone = segments.phoneClass(s);
        if (word >= 0 && phone != classes.silence()) {
          sum += evidence(emissions, frame, phone, segments.start(s), segments.end(s));
          phones++;
        }
      }
      if (phones > 0 && sum / phones < POOR) {
        poor.set(word);
      }
    }
    BitSet faltering = new BitSet();
    int before = -1;
    for (int w = 0; w < text.size(); w++) {
      if (!text.get(w).isEmpty()) {
        faltering.set(w, poor.get(w) || before >= 0 && poor.get(before));
        before = w;
      }
    }
    return faltering;
  }

  private static double evidence(Emissions emissions, float[] frame, int phone, int from, int to) {
    double sum = 0;
    for (int t = from; t < to; t++) {
      emissions.copyFrame(t, frame);
      float best = frame[0];
      for (float score : frame) {
        best = Math.max(best, score);
      }
      sum += frame[phone] - best;
    }
    return Confidence.phoneEvidence(sum, to - from);
  }

  /** Where the words begin. */
  private static Anchors places(Trellis trellis, int[] path) {
    int[] frames = new int[path.length];
    int[] words = new int[path.length];
    int count = 0;
    for (int t = 0; t < path.length; t++) {
      int word = trellis.wordOf(path[t]);
      if (word >= 0 && (t == 0 || trellis.wordOf(path[t - 1]) != word)) {
        frames[count] = t;
        words[count++] = word;
      }
    }
    return new Anchors(Arrays.copyOf(frames, count), Arrays.copyOf(words, count));
  }
}
