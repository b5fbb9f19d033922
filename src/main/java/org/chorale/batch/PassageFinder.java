package org.chorale.batch;

import java.util.List;
import java.util.Optional;
import org.chorale.align.AlignedWord;
import org.chorale.align.WordStatus;

/**
 * Finds the passage of a long text that a recording holds, in an alignment of the whole text: the
 * run of words that has most that was found and least that was not. Immutable.
 */
final class PassageFinder {

  /** What a word that was not found costs. */
  private static final double MISSING_COST = 0.4;

  /**
   * A word that was found is worth its confidence less this: what is said before and after the
   * passage is laid on words of its neighbours, which are less sure than that.
   */
  private static final double UNSURE = 0.3;

  /** Words on either side that the next alignment may take back. */
  private static final int MARGIN = 4;

  /** A run of words, [from, to). */
  record Range(int from, int to) {
    int size() {
      return to - from;
    }
  }

  /** The passage without a margin; empty when nothing was found. */
  Optional<Range> densest(List<AlignedWord> words) {
    double best = 0;
    Range found = null;
    double sum = 0;
    int from = 0;
    for (int w = 0; w < words.size(); w++) {
      AlignedWord word = words.get(w);
      // What is not spoken at all, such as a dash, speaks neither for nor against.
      if (word.status() == WordStatus.INTERPOLATED) {
        continue;
      }
      sum += word.isTimed() ? word.confidence() - UNSURE : -MISSING_COST;
      if (sum <= 0) {
        sum = 0;
        from = w + 1;
      } else if (sum > best) {
        best = sum;
        found = new Range(from, w + 1);
      }
    }
    return Optional.ofNullable(found);
  }

  /** The passage and a few words on either side. */
  Optional<Range> withMargin(List<AlignedWord> words) {
    return densest(words)
        .map(
            r ->
                new Range(Math.max(0, r.from() - MARGIN), Math.min(words.size(), r.to() + MARGIN)));
  }
}
