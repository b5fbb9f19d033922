package org.chorale.session;

import akka.actor.typed.ActorRef;
import org.chorale.follow.OnlineEvent;

/**
 * What waits for a session's client, and in what order it is told: words first, the last cursor
 * when no word waits, and the end when all is told. The client takes events by credit, so that a
 * slow one holds up nothing: the cursor is replaced by the next, words wait. A client that is gone
 * may come back, and hears every word that it missed. Not thread-safe.
 */
final class ClientFeed {

  /** Events on their way to a client that has not taken them. */
  static final int CREDIT = 16;

  /** Audio that is acknowledged at a time, seconds. */
  static final double ACK_SECONDS = 1;

  private ActorRef<SessionEvent> client;
  private long lastSeq;
  private int credit = CREDIT;

  /** Null until the text is read. */
  private SessionWords words;

  /** How many words the client was told. */
  private int toldWords;

  private OnlineEvent.Cursor cursor;
  private double acknowledged;
  private SessionEvent.Done done;
  private boolean over;

  /**
   * A feed.
   *
   * @param client the first client
   * @param lastSeq number of the last event that it has seen
   */
  ClientFeed(ActorRef<SessionEvent> client, long lastSeq) {
    this.client = client;
    this.lastSeq = lastSeq;
  }

  /** The words are these, from the first one on. */
  void begin(SessionWords from) {
    words = from;
  }

  /**
   * The words are these, some of which the client has heard from another node.
   *
   * @param audioSeconds audio that was acknowledged there
   */
  void takeUp(SessionWords from, SessionLedger.Handover had, double audioSeconds) {
    words = from;
    toldWords = words.firstAfter(words.takeUp(had.words(), lastSeq));
    acknowledged = audioSeconds;
  }

  /** Whether there is a client. */
  boolean hasClient() {
    return client != null;
  }

  /** Whether it is this one. */
  boolean isFor(ActorRef<SessionEvent> somebody) {
    return somebody.equals(client);
  }

  /** A client takes part, from the event behind the last one that it has seen. */
  void attach(ActorRef<SessionEvent> next, long lastSeen) {
    if (client != null && !isFor(next)) {
      tell(SessionEvent.Failed.elsewhere());
    }
    client = next;
    lastSeq = lastSeen;
    credit = CREDIT;
    // Words already numbered come again as they were.
    toldWords = words == null ? 0 : words.firstAfter(lastSeen);
  }

  /** The client is gone. */
  void detach() {
    client = null;
  }

  /**
   * A client can take another event.
   *
   * @return whether it is the one that counts
   */
  boolean taken(ActorRef<SessionEvent> by) {
    credit += isFor(by) ? 1 : 0;
    return isFor(by);
  }

  /** Tells the client, if there is one, whatever waits. */
  void tell(SessionEvent event) {
    if (client != null) {
      client.tell(event);
      credit--;
    }
  }

  /** The word that is being spoken. */
  void cursor(OnlineEvent.Cursor at) {
    cursor = at;
  }

  /** The end, which is told behind everything else. */
  void end(SessionEvent.Done last) {
    done = last;
  }

  /** Whether the client was told the end. */
  boolean isOver() {
    return over;
  }

  /**
   * Sends what waits, words first, as far as the client takes it.
   *
   * @param heardSeconds audio that went through the model
   * @param safeSeconds audio that need not be sent again
   */
  void tellWaiting(double heardSeconds, double safeSeconds) {
    while (takes() && toldWords < words.sureCount()) {
      tell(words.sure(toldWords++));
    }
    if (takes() && cursor != null && allWordsTold()) {
      tell(
          new SessionEvent.Partial(
              words.nextNumber(), heardSeconds, cursor.word(), cursor.startSeconds()));
      cursor = null;
    }
    if (takes() && safeSeconds - acknowledged >= ACK_SECONDS) {
      acknowledged = safeSeconds;
      tell(new SessionEvent.Ack(acknowledged));
    }
    if (client != null && done != null && allWordsTold() && !over) {
      tell(done);
      over = true;
    }
  }

  private boolean takes() {
    return client != null && credit > 0;
  }

  private boolean allWordsTold() {
    return toldWords == words.sureCount() && words.allSure();
  }
}
