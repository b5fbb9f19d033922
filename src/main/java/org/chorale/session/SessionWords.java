package org.chorale.session;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.chorale.follow.OnlineEvent;
import org.chorale.text.Document;

/**
 * The word events of a session, and the numbers of all its events. A word that became final is
 * fresh; with its number it is promised; and when nothing can take it back any more it is sure, and
 * may be told. Not thread-safe.
 */
final class SessionWords {

  /** Numbers of events that a client may have seen beyond the last word that was kept. */
  static final long FURTHEST_AHEAD = 1_000_000_000;

  private final Document document;
  private final List<OnlineEvent.Final> fresh = new ArrayList<>();
  private final List<SessionEvent.Word> promised = new ArrayList<>();
  private final List<SessionEvent.Word> sure = new ArrayList<>();
  private long last;

  SessionWords(Document document) {
    this.document = document;
  }

  /**
   * Goes on with what another node kept; before anything else.
   *
   * @param lastSeq number of the last event that the client says it has seen
   * @return the same, if that can be
   */
  long takeUp(List<SessionLedger.KeptWord> kept, long lastSeq) {
    kept.forEach(word -> sure.add(event(word)));
    long lastKept = sure.isEmpty() ? 0 : sure.get(sure.size() - 1).seq();
    long seen = Math.min(lastSeq, lastKept + FURTHEST_AHEAD);
    last = Math.max(lastKept, seen);
    return seen;
  }

  /** The number of an event that comes now. */
  long nextNumber() {
    return ++last;
  }

  /** A word became final. */
  void add(OnlineEvent.Final word) {
    fresh.add(word);
  }

  /** Whether words wait for their numbers. */
  boolean hasFresh() {
    return !fresh.isEmpty();
  }

  /**
   * Gives the fresh words their numbers.
   *
   * @return them, as a ledger keeps them
   */
  List<SessionLedger.KeptWord> promise() {
    List<SessionLedger.KeptWord> numbered =
        fresh.stream().map(word -> kept(nextNumber(), word)).toList();
    numbered.forEach(word -> promised.add(event(word)));
    fresh.clear();
    return numbered;
  }

  /** What was promised is sure. */
  void keepPromises() {
    sure.addAll(promised);
    promised.clear();
  }

  /** Words that may be told, in order. */
  int sureCount() {
    return sure.size();
  }

  /** One of them. */
  SessionEvent.Word sure(int at) {
    return sure.get(at);
  }

  /** Whether there are no others. */
  boolean allSure() {
    return promised.isEmpty() && fresh.isEmpty();
  }

  /** Place of the first sure word behind an event. */
  int firstAfter(long lastSeq) {
    int at = sure.size();
    while (at > 0 && sure.get(at - 1).seq() > lastSeq) {
      at--;
    }
    return at;
  }

  /** All words; those that are fresh have no number. */
  List<SessionEvent.Word> all() {
    return Stream.of(
            sure.stream(), promised.stream(), fresh.stream().map(word -> event(kept(0, word))))
        .flatMap(words -> words)
        .toList();
  }

  private static SessionLedger.KeptWord kept(long seq, OnlineEvent.Final word) {
    return new SessionLedger.KeptWord(
        seq, word.word(), word.startSeconds(), word.endSeconds(), word.confidence());
  }

  private SessionEvent.Word event(SessionLedger.KeptWord word) {
    return new SessionEvent.Word(
        word.seq(),
        word.index(),
        document.words().get(word.index()).text(),
        word.startSeconds(),
        word.endSeconds(),
        word.confidence());
  }
}
