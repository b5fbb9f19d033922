package org.chorale.session;

import java.util.BitSet;
import org.chorale.engine.TextStream;
import org.chorale.follow.OnlineEvent;

/**
 * Where another node would go on with a session: the word, and from where on in the audio. Not
 * thread-safe.
 */
final class TakeOverPoint {

  /** Audio before the first word to find that the model has to have heard, seconds. */
  private static final double WARM_SECONDS = 1.2;

  /** Audio that is heard again at most when a session is taken over, seconds. */
  private static final double REHEARD_SECONDS = 10;

  private final BitSet finalWords = new BitSet();
  private int word;
  private double seconds;

  /** Goes on where another node was. */
  void takeUp(SessionLedger.Handover had) {
    had.words().forEach(told -> finalWords.set(told.index()));
    word = had.word();
    seconds = had.seconds();
  }

  /** A word became final. */
  void passed(OnlineEvent.Final last) {
    finalWords.set(last.word());
    word = last.word() + 1;
    seconds = last.endSeconds();
  }

  /** The reader is at a word: went back, it may be, or is still among words that were final. */
  void reading(OnlineEvent.Cursor at) {
    int open = finalWords.nextClearBit(Math.min(word, at.word()));
    if (at.word() < word || (at.word() > word && open >= at.word())) {
      word = at.word();
      seconds = at.startSeconds();
    }
  }

  /** The reader goes on at a word. */
  void sought(int next, double heardSeconds) {
    word = next;
    seconds = heardSeconds;
  }

  /** The word. */
  int word() {
    return word;
  }

  /**
   * From where on.
   *
   * @param heardSeconds how much of the audio was heard
   */
  double seconds(double heardSeconds) {
    return Math.max(seconds, heardSeconds - REHEARD_SECONDS);
  }

  /**
   * Audio before this nobody has to hear again to go on; a whole second, which is a whole frame at
   * any rate.
   *
   * @param heardSeconds how much of the audio was heard
   */
  long dispensableSeconds(double heardSeconds) {
    double needed = Math.max(seconds - WARM_SECONDS, heardSeconds - REHEARD_SECONDS);
    return (long) Math.floor(Math.max(0, needed));
  }

  /**
   * Where the stream is taken up.
   *
   * @param endSeconds audio that the client will not send again
   * @param there whether that audio is there to be heard again
   */
  static TextStream.Origin origin(SessionLedger.Handover had, double endSeconds, boolean there) {
    double sure = Math.min(had.seconds(), endSeconds);
    // At a whole second, which is a whole frame at any rate.
    double offset =
        there
            ? Math.floor(Math.max(0, Math.max(sure - WARM_SECONDS, endSeconds - REHEARD_SECONDS)))
            : endSeconds;
    BitSet told = new BitSet();
    double lastEnd = 0;
    for (SessionLedger.KeptWord word : had.words()) {
      told.set(word.index());
      lastEnd = Math.max(lastEnd, word.endSeconds());
    }
    return new TextStream.Origin(
        offset,
        offset == 0 ? sure : Math.max(had.seconds(), offset + WARM_SECONDS),
        had.word(),
        told,
        lastEnd);
  }
}
