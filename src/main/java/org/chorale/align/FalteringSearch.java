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
 * searched for once more, near the first one. An aside beside which words fit worse than before is
 * none: what is noise or another text would only lose what it still has. Where all words fit
 * nothing is searched and nothing changes. Thread-safe.
 */
final class FalteringSearch {

  /** Mean evidence of a word's phones below which it fits badly, nats. */
  private static final double POOR = -1;

  /** Searches at the most: in hours of speech something always gets a little worse. */
  private static final int MOST_ROUNDS = 3;

  /** Evidence of a word that is not on the path, nats. */
  private static final double NOT_FOUND = -9;

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
    Found plain = new Found(trellis, first.nodes());
    double[] before = evidence(plain, text.size(), emissions);
    int[] spoken = spoken(text);
    BitSet faltering = faltering(spoken, before);
    for (int round = 1; !faltering.isEmpty(); round++) {
      Trellis more =
          TextTrellis.of(text, classes.silence(), scores.starClass(), settings, faltering);
      Band band = Band.around(places(plain), more, scores.frames(), 1);
      Found found;
      try {
        found = new Found(more, kernel.bestPath(more, scores, band).nodes());
      } catch (NoPathException e) {
        return plain;
      }
      int[] worse = worse(spoken, faltering, before, evidence(found, text.size(), emissions));
      if (worse.length == 0 || round == MOST_ROUNDS) {
        return found;
      }
      Arrays.stream(worse).forEach(faltering::clear);
    }
    return plain;
  }

  /** The words that may be spoken. */
  private static int[] spoken(List<List<Reading>> text) {
    int[] spoken = new int[text.size()];
    int count = 0;
    for (int w = 0; w < text.size(); w++) {
      if (!text.get(w).isEmpty()) {
        spoken[count++] = w;
      }
    }
    return Arrays.copyOf(spoken, count);
  }

  /** The words that fit badly, and those that follow them. */
  private static BitSet faltering(int[] spoken, double[] evidence) {
    BitSet faltering = new BitSet();
    for (int k = 0; k < spoken.length; k++) {
      double own = evidence[spoken[k]];
      if (own < POOR && own > NOT_FOUND) {
        faltering.set(spoken[k]);
        if (k + 1 < spoken.length) {
          faltering.set(spoken[k + 1]);
        }
      }
    }
    return faltering;
  }

  /** Words before which an aside may be and made that they, and the word before, fit worse. */
  private static int[] worse(int[] spoken, BitSet faltering, double[] before, double[] after) {
    int[] worse = new int[spoken.length];
    int count = 0;
    for (int k = 0; k < spoken.length; k++) {
      int word = spoken[k];
      double gain = after[word] - before[word];
      if (k > 0) {
        gain += after[spoken[k - 1]] - before[spoken[k - 1]];
      }
      if (faltering.get(word) && gain < 0) {
        worse[count++] = word;
      }
    }
    return Arrays.copyOf(worse, count);
  }

  /** The mean evidence of every word's phones. */
  private double[] evidence(Found found, int words, Emissions emissions) {
    double[] out = new double[words];
    Arrays.fill(out, NOT_FOUND);
    Segments segments = Segments.of(found.trellis(), found.nodes());
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
      if (phones > 0) {
        out[word] = sum / phones;
      }
    }
    return out;
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
  private static Anchors places(Found found) {
    int[] path = found.nodes();
    int[] frames = new int[path.length];
    int[] words = new int[path.length];
    int count = 0;
    for (int t = 0; t < path.length; t++) {
      int word = found.trellis().wordOf(path[t]);
      if (word >= 0 && (t == 0 || found.trellis().wordOf(path[t - 1]) != word)) {
        frames[count] = t;
        words[count++] = word;
      }
    }
    return new Anchors(Arrays.copyOf(frames, count), Arrays.copyOf(words, count));
  }
}
