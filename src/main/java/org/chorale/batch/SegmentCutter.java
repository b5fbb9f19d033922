package org.chorale.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.WordStatus;

/**
 * Cuts an alignment into clips of speech whose text is sure: at words that were not found or are
 * not sure, at pauses, and at the longest pause where a clip would become too long. Immutable.
 *
 * @param minConfidence least mean confidence of a clip, 0 to 1; no word has less than that by more
 *     than 0.1
 * @param minSeconds shortest clip
 * @param maxSeconds longest clip
 */
record SegmentCutter(double minConfidence, double minSeconds, double maxSeconds) {

  /** A pause that ends a clip, seconds. */
  private static final double PAUSE = 0.4;

  /** The most that is left of a pause on either side of a clip, seconds. */
  private static final double EDGE = 0.15;

  /**
   * How much less than the mean a single word may have. A wrong word among right ones is not seen
   * in a mean; with this, one in three of them is kept in place of one in two, for one right word
   * in fifty more that is lost.
   */
  private static final double WORD_TOLERANCE = 0.1;

  /** The fewest words of a clip: one alone is found in many places. */
  private static final int LEAST_WORDS = 2;

  static SegmentCutter standard(double minConfidence) {
    return new SegmentCutter(minConfidence, 0.8, 20);
  }

  /** The clips in order; they do not overlap. */
  List<Segment> cut(Alignment alignment) {
    List<Segment> segments = new ArrayList<>();
    List<AlignedWord> words = alignment.words();
    int from = 0;
    while (from < words.size()) {
      if (!sure(words.get(from))) {
        from++;
        continue;
      }
      int to = from + 1;
      while (to < words.size() && sure(words.get(to)) && pause(words, to) < PAUSE) {
        to++;
      }
      divide(alignment, from, to, segments);
      from = to;
    }
    return segments;
  }

  private boolean sure(AlignedWord word) {
    return word.status() == WordStatus.INTERPOLATED
        || (word.isTimed() && word.confidence() >= minConfidence - WORD_TOLERANCE);
  }

  /** The pause before a word. */
  private static double pause(List<AlignedWord> words, int word) {
    return words.get(word).startSeconds() - words.get(word - 1).endSeconds();
  }

  private void divide(Alignment alignment, int from, int to, List<Segment> out) {
    List<AlignedWord> words = alignment.words();
    double seconds = words.get(to - 1).endSeconds() - words.get(from).startSeconds();
    if (seconds > maxSeconds && to - from > 1) {
      int at = from + 1;
      double middle = (from + to) / 2.0;
      double best = Double.NEGATIVE_INFINITY;
      for (int w = from + 1; w < to; w++) {
        // The longest pause; of equal ones that in the middle.
        double worth = pause(words, w) - 1e-3 * Math.abs(w - middle);
        if (worth > best) {
          best = worth;
          at = w;
        }
      }
      divide(alignment, from, at, out);
      divide(alignment, at, to, out);
      return;
    }
    List<AlignedWord> clip = words.subList(from, to);
    double confidence =
        clip.stream()
            .filter(w -> w.status() == WordStatus.ALIGNED)
            .mapToDouble(AlignedWord::confidence)
            .average()
            .orElse(0);
    if (seconds < minSeconds || clip.size() < LEAST_WORDS || confidence < minConfidence) {
      return;
    }
    double before = from == 0 ? words.get(from).startSeconds() : room(words, from, true);
    double after =
        to == words.size()
            ? alignment.audio().durationSeconds() - words.get(to - 1).endSeconds()
            : room(words, to, false);
    out.add(
        new Segment(
            from,
            to,
            words.get(from).startSeconds() - Math.max(0, Math.min(EDGE, before)),
            words.get(to - 1).endSeconds() + Math.max(0, Math.min(EDGE, after)),
            clip.stream().map(AlignedWord::text).collect(Collectors.joining(" ")),
            confidence));
  }

  /** Half of the pause at a boundary; none where the neighbour has no place. */
  private static double room(List<AlignedWord> words, int boundary, boolean before) {
    AlignedWord neighbour = words.get(before ? boundary - 1 : boundary);
    return neighbour.isTimed() ? pause(words, boundary) / 2 : 0;
  }
}
