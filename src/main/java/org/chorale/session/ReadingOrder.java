package org.chorale.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Words that were read in the order of their text. Somebody who goes back reads words out of it: a
 * line that is said again may have one that was not heard the first time.
 */
final class ReadingOrder {

  /** What a word counts beside its confidence: of two that nobody believes both are better. */
  private static final double EACH = 0.01;

  private ReadingOrder() {}

  /**
   * A way through the words.
   *
   * @param sum what its words count
   * @param before the way up to the last of them; null where that is the first
   */
  private record Way(double sum, SessionEvent.Word last, Way before) {}

  /**
   * The words that are left when as little as can be is left out, by their confidence, so that none
   * begins before the one before it in the text has ended.
   *
   * @param words each at most once
   */
  static List<SessionEvent.Word> of(List<SessionEvent.Word> words) {
    List<SessionEvent.Word> asWritten = new ArrayList<>(words);
    asWritten.sort(Comparator.comparingInt(SessionEvent.Word::index));
    // The best way that ends by a time; only those that no earlier one is as good as.
    TreeMap<Double, Way> ways = new TreeMap<>();
    for (SessionEvent.Word word : asWritten) {
      Map.Entry<Double, Way> entry = ways.floorEntry(word.startSeconds());
      Way before = entry == null ? null : entry.getValue();
      double sum = (before == null ? 0 : before.sum()) + word.confidence() + EACH;
      Map.Entry<Double, Way> rival = ways.floorEntry(word.endSeconds());
      if (rival != null && rival.getValue().sum() >= sum) {
        continue;
      }
      ways.put(word.endSeconds(), new Way(sum, word, before));
      Map.Entry<Double, Way> later = ways.higherEntry(word.endSeconds());
      while (later != null && later.getValue().sum() <= sum) {
        ways.remove(later.getKey());
        later = ways.higherEntry(word.endSeconds());
      }
    }
    List<SessionEvent.Word> kept = new ArrayList<>();
    for (Way way = ways.isEmpty() ? null : ways.lastEntry().getValue();
        way != null;
        way = way.before()) {
      kept.add(way.last());
    }
    Collections.reverse(kept);
    return kept;
  }
}
