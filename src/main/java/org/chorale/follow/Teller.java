package org.chorale.follow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Tells words that are settled, each of them once: at once where it sounds like the text among
 * words that do, else when the words behind it show that it does (a cumulative sum that is seen to
 * rise shows where it began to), or never. Not thread-safe.
 */
final class Teller {

  /** How long a poor word among good ones waits for the next one, frames after its end. */
  private static final int PATIENCE_FRAMES = 40;

  private final double frameSeconds;
  private final OnlineSettings.WordConfidence confidence;
  private final BitSet told = new BitSet();
  private final List<Trace> waiting = new ArrayList<>();
  private Trace last = Trace.root();
  private double lastStartSeconds;
  private double lastEndSeconds;

  Teller(double frameSeconds, OnlineSettings.WordConfidence confidence) {
    this.frameSeconds = frameSeconds;
    this.confidence = confidence;
  }

  /** The best path has gone through these words for long enough. */
  void settle(Trace words, List<OnlineEvent> out) {
    if (words.isSettled()) {
      return;
    }
    Deque<Trace> fresh = new ArrayDeque<>();
    for (Trace t = words; !t.isSettled(); t = t.before()) {
      fresh.push(t);
    }
    waiting.removeIf(w -> !words.descendsFrom(w));
    for (Trace t : fresh) {
      t.settle();
      if (t.word >= 0) {
        add(t, out);
      }
    }
  }

  private void add(Trace word, List<OnlineEvent> out) {
    boolean lowest = waiting.stream().noneMatch(w -> w.logOdds() < word.logOdds());
    if (!word.isBelieved() && lowest) {
      waiting.clear();
      return;
    }
    waiting.add(word);
    if (word.isBelieved() && Trust.weight(word.evidence, word.phones) >= 0) {
      hurry(out);
    }
  }

  /** Tells poor words among good ones after which nothing comes; forgets what nothing confirmed. */
  void wait(int frame, List<OnlineEvent> out) {
    if (!waiting.isEmpty() && frame > waiting.get(waiting.size() - 1).endFrame + PATIENCE_FRAMES) {
      hurry(out);
    }
  }

  /** Nothing more will be known of the words that wait. */
  void hurry(List<OnlineEvent> out) {
    if (!waiting.isEmpty() && waiting.get(waiting.size() - 1).isBelieved()) {
      waiting.forEach(w -> tell(w, out));
    }
    waiting.clear();
  }

  private void tell(Trace word, List<OnlineEvent> out) {
    if (told.get(word.word)) {
      return;
    }
    told.set(word.word);
    // A word that a better path puts in the place of others may overlap them; starts never fall.
    double floor = word.descendsFrom(last) ? lastEndSeconds : lastStartSeconds;
    double start = Math.max(floor, word.startSeconds);
    double end = Math.max(start, word.endFrame * frameSeconds);
    last = word;
    lastStartSeconds = start;
    lastEndSeconds = end;
    out.add(new OnlineEvent.Final(word.word, start, end, confidence(word)));
  }

  private double confidence(Trace word) {
    double weight = Trust.weight(word.evidence, word.phones);
    return confidence.of(weight, word.logOdds() - weight);
  }
}
