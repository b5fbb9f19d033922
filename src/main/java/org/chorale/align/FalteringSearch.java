package org.chorale.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.chorale.acoustic.Emissions;
import org.chorale.align.ViterbiKernel.NoPathException;
import org.chorale.align.ViterbiKernel.Path;

/**
 * Looks again where words fit badly: the speaker may have hesitated there, or begun a word twice,
 * which no text says. Passages with such words, and two words that fit on either side, are searched
 * for themselves with asides in the trellis; an aside beside which words fit worse than before is
 * none, for what is noise or another text would only lose what it still has. Where asides are left
 * the best path is searched for once more, with these and near the first one. Where all words fit,
 * or none for pages, nothing changes. Thread-safe.
 */
final class FalteringSearch {

  /** Mean evidence of a word's phones below which it fits badly, nats. */
  private static final double POOR = -1;

  /** Loss of a word from which it may be worth the price of an aside near it, nats. */
  private static final double LEAST_LOSS = 8;

  /** Words that fit around those that do not. */
  private static final int AROUND = 2;

  /** Nobody falters for so many words on end: the recording is bad, or the text another. */
  private static final int MOST_WORDS = 80;

  /** Every round but the last takes an aside away, so that this many are hardly needed. */
  private static final int MOST_ROUNDS = 8;

  private final PhoneClasses classes;
  private final SearchSettings settings;
  private final WordEvidence wordEvidence;
  private final CheckpointedViterbi kernel = new CheckpointedViterbi(Float.POSITIVE_INFINITY);

  FalteringSearch(PhoneClasses classes, SearchSettings settings) {
    this.classes = classes;
    this.settings = settings;
    this.wordEvidence = new WordEvidence(classes.silence());
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
    double[] losses = new double[text.size()];
    double[] evidence = wordEvidence.of(plain.trellis(), plain.nodes(), 0, losses, emissions);
    int[] spoken = spoken(text);
    BitSet poor = faltering(spoken, evidence, losses);
    if (poor.isEmpty()) {
      return plain;
    }
    int[][] places = places(plain, text.size());
    BitSet faltering = new BitSet();
    BitSet open = new BitSet();
    // No passage knows of another, so they are searched side by side.
    passages(spoken, poor).parallelStream()
        .map(p -> asides(p, places, text, poor, evidence, scores, emissions))
        .toList()
        .forEach(
            asides -> {
              faltering.or(asides.left());
              open.or(asides.used());
            });
    return faltering.isEmpty() ? plain : with(faltering, open, plain, text, places, scores);
  }

  /** Where words fit badly, and some words around them; not where none fits for long. */
  private static List<Passage> passages(int[] spoken, BitSet poor) {
    List<Passage> passages = new ArrayList<>();
    int k = 0;
    while (k < spoken.length) {
      if (!poor.get(spoken[k])) {
        k++;
        continue;
      }
      int end = k + 1; // passages that touch are one
      for (int j = end; j < Math.min(spoken.length, end + 2 * AROUND + 1); j++) {
        end = poor.get(spoken[j]) ? j + 1 : end;
      }
      if (end - k <= MOST_WORDS) {
        passages.add(
            new Passage(
                spoken[Math.max(0, k - 1 - AROUND)],
                spoken[Math.min(spoken.length - 1, end - 1 + AROUND)]));
      }
      k = end;
    }
    return passages;
  }

  /** Words of a text, both ends included. */
  private record Passage(int from, int to) {}

  /**
   * Asides of a passage.
   *
   * @param left words before which there may be one
   * @param used words before which the passage, searched for itself, has one
   */
  private record Asides(BitSet left, BitSet used) {

    static Asides none() {
      return new Asides(new BitSet(), new BitSet());
    }
  }

  private Asides asides(
      Passage passage,
      int[][] places,
      List<List<Reading>> text,
      BitSet poor,
      double[] evidence,
      SpeechScores scores,
      Emissions emissions) {
    int from =
        IntStream.rangeClosed(passage.from(), passage.to())
            .map(w -> places[0][w])
            .filter(t -> t >= 0)
            .min()
            .orElse(-1);
    int to =
        IntStream.rangeClosed(passage.from(), passage.to()).map(w -> places[1][w]).max().orElse(-1);
    if (from < 0) {
      return Asides.none();
    }
    List<List<Reading>> words = text.subList(passage.from(), passage.to() + 1);
    double[] before = Arrays.copyOfRange(evidence, passage.from(), passage.to() + 1);
    int[] spoken = spoken(words);
    BitSet faltering = poor.get(passage.from(), passage.to() + 1);
    int[] sure =
        IntStream.range(0, words.size())
            .filter(w -> places[0][passage.from() + w] >= 0 && !faltering.get(w))
            .toArray();
    Anchors near =
        new Anchors(
            IntStream.of(sure).map(w -> places[0][passage.from() + w] - from).toArray(), sure);
    for (int round = 0; !faltering.isEmpty() && round < MOST_ROUNDS; round++) {
      Trellis more =
          TextTrellis.of(words, classes.silence(), scores.starClass(), settings, faltering);
      Found found;
      try {
        Band band = Band.around(near, more, to - from, 1);
        found = new Found(more, kernel.bestPath(more, scores.part(from, to), band).nodes());
      } catch (NoPathException e) {
        return Asides.none();
      }
      int[] worse =
          worse(
              spoken,
              faltering,
              before,
              wordEvidence.of(
                  found.trellis(), found.nodes(), from, new double[words.size()], emissions));
      if (worse.length == 0) {
        return new Asides(
            moved(faltering, passage.from()),
            moved(used(found, scores.starClass()), passage.from()));
      }
      Arrays.stream(worse).forEach(faltering::clear);
    }
    return Asides.none();
  }

  private static BitSet moved(BitSet words, int by) {
    BitSet out = new BitSet();
    words.stream().forEach(w -> out.set(w + by));
    return out;
  }

  /** The words before which a path has an aside. */
  private static BitSet used(Found found, int starClass) {
    BitSet used = new BitSet();
    boolean aside = false;
    for (int node : found.nodes()) {
      int word = found.trellis().wordOf(node);
      if (word >= 0 && aside) {
        used.set(word);
      }
      aside =
          word < 0
              && (aside || word == TextTrellis.STAR && found.trellis().classOf(node) != starClass);
    }
    return used;
  }

  /**
   * The best path with asides, near the one without.
   *
   * @param faltering words before which there may be asides
   * @param open words whose surroundings may change for them
   */
  private Found with(
      BitSet faltering,
      BitSet open,
      Found plain,
      List<List<Reading>> text,
      int[][] places,
      SpeechScores scores) {
    Trellis more = TextTrellis.of(text, classes.silence(), scores.starClass(), settings, faltering);
    int[] words = IntStream.range(0, text.size()).filter(w -> places[0][w] >= 0).toArray();
    Anchors near = new Anchors(IntStream.of(words).map(w -> places[0][w]).toArray(), words);
    try {
      Band band = Band.around(near, more, scores.frames(), open);
      return new Found(more, kernel.bestPath(more, scores, band).nodes());
    } catch (NoPathException e) {
      return plain;
    }
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

  /** The words that fit so badly that an aside would pay, and those that follow them. */
  private BitSet faltering(int[] spoken, double[] evidence, double[] losses) {
    BitSet faltering = new BitSet();
    for (int k = 0; k < spoken.length; k++) {
      double own = evidence[spoken[k]];
      boolean pays = losses[spoken[k]] > LEAST_LOSS;
      if (pays && own < POOR && own > WordEvidence.NOT_FOUND) {
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

  /** First frame of every word, and one past its last; -1 of those that are not on the path. */
  private static int[][] places(Found found, int words) {
    int[][] places = new int[2][words];
    Arrays.fill(places[0], -1);
    Arrays.fill(places[1], -1);
    for (int t = 0; t < found.nodes().length; t++) {
      int word = found.trellis().wordOf(found.nodes()[t]);
      if (word >= 0) {
        places[0][word] = places[0][word] < 0 ? t : places[0][word];
        places[1][word] = t + 1;
      }
    }
    return places;
  }
}
