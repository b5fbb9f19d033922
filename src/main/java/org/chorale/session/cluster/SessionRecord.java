package org.chorale.session.cluster;

import akka.actor.typed.ActorRef;
import java.util.ArrayList;
import java.util.List;
import org.chorale.session.CborMessage;
import org.chorale.session.SessionLedger;
import org.chorale.session.SessionLedger.KeptWord;
import org.chorale.session.SessionLedger.Progress;
import org.chorale.session.SessionLedger.Segment;
import org.chorale.session.StreamRequest;

/**
 * What is known of a session on all nodes. The text and the words but the last ones lie in parts of
 * their own, which are written once, so that what is written often stays small. Immutable.
 *
 * @param version of this record; the greater one counts
 * @param epoch of the owner
 * @param attempt by which the owner became it; a call that is made again changes nothing
 * @param secretDigest what shows that a client may take the session up
 * @param name of the session
 * @param request without its text
 * @param textParts number of the parts of the text
 * @param wordParts number of the parts of the words
 * @param tail words that are in no part
 * @param frames audio that the client need not send again
 * @param word the word to go on from
 * @param seconds from where on
 * @param segments the recordings of earlier owners
 * @param owner told when another node has the session
 */
record SessionRecord(
    long version,
    long epoch,
    String attempt,
    String secretDigest,
    String name,
    StreamRequest request,
    int textParts,
    int wordParts,
    List<KeptWord> tail,
    long frames,
    int word,
    double seconds,
    List<Segment> segments,
    ActorRef<SessionLedger.Overtaken> owner)
    implements CborMessage {

  /** Words of a part: some kilobytes. */
  static final int PART_WORDS = 256;

  /** What an entity adds to the version that it finds: one that was moved may be writing still. */
  private static final long INCARNATION = 1_000;

  SessionRecord {
    tail = List.copyOf(tail);
    segments = List.copyOf(segments);
  }

  /** A session that has just begun. */
  static SessionRecord first(
      String attempt,
      String secretDigest,
      String name,
      StreamRequest request,
      int textParts,
      ActorRef<SessionLedger.Overtaken> owner) {
    return new SessionRecord(
        1,
        SessionLedger.FIRST_EPOCH,
        attempt,
        secretDigest,
        name,
        request,
        textParts,
        0,
        List.of(),
        0,
        0,
        0,
        List.of(),
        owner);
  }

  /** As an entity finds it that has just begun. */
  SessionRecord found() {
    return copy(version + INCARNATION, wordParts, tail, frames, word, seconds);
  }

  /** A step further; words that are known already, because a call was made again, count once. */
  SessionRecord with(Progress progress) {
    List<KeptWord> words = new ArrayList<>(tail);
    long last = words.isEmpty() ? 0 : words.get(words.size() - 1).seq();
    for (KeptWord word : progress.words()) {
      if (word.seq() > last) {
        words.add(word);
      }
    }
    return copy(
        version + 1,
        wordParts,
        words,
        Math.max(frames, progress.frames()),
        progress.word(),
        progress.seconds());
  }

  /** Whether so many words wait that a part can be made of them. */
  boolean isPartFull() {
    // The last word stays: by it, words are known to be old.
    return tail.size() > PART_WORDS;
  }

  /** The next part. */
  List<KeptWord> nextPart() {
    return tail.subList(0, PART_WORDS);
  }

  /** The record without the next part. */
  SessionRecord withoutNextPart() {
    return copy(
        version, wordParts + 1, tail.subList(PART_WORDS, tail.size()), frames, word, seconds);
  }

  private SessionRecord copy(
      long newVersion,
      int newWordParts,
      List<KeptWord> newTail,
      long newFrames,
      int newWord,
      double newSeconds) {
    return new SessionRecord(
        newVersion,
        epoch,
        attempt,
        secretDigest,
        name,
        request,
        textParts,
        newWordParts,
        newTail,
        newFrames,
        newWord,
        newSeconds,
        segments,
        owner);
  }

  /** The session with another owner. */
  SessionRecord ownedBy(ActorRef<SessionLedger.Overtaken> newOwner, String newAttempt) {
    List<Segment> all = new ArrayList<>(segments);
    all.add(new Segment(epoch, frames - framesOf(segments)));
    return new SessionRecord(
        version + 1,
        epoch + 1,
        newAttempt,
        secretDigest,
        name,
        request,
        textParts,
        wordParts,
        tail,
        frames,
        word,
        seconds,
        all,
        newOwner);
  }

  private static long framesOf(List<Segment> segments) {
    return segments.stream().mapToLong(Segment::frames).sum();
  }
}
