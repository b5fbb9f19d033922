package org.chorale.session;

import akka.actor.typed.ActorRef;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Keeps what sessions have promised to their clients where other nodes find it, so that another one
 * can take a session over. A session has one owner at a time; every owner has an epoch, the next
 * one a greater one, and what an owner of the past says is refused. Calls may be made again until
 * they succeed; they fail when the cluster has no majority for too long. Implementations are
 * thread-safe.
 */
public interface SessionLedger {

  /**
   * A word event that a client was told, or will be.
   *
   * @param seq its number
   * @param index of the word
   */
  record KeptWord(long seq, int index, double startSeconds, double endSeconds, double confidence) {}

  /**
   * Audio that one owner has written down.
   *
   * @param epoch of the owner
   * @param frames samples of a channel; what lies behind them in its file was not promised
   */
  record Segment(long epoch, long frames) {}

  /**
   * How far a session is.
   *
   * @param words told since the last time
   * @param frames audio that the client need not send again, samples of a channel as recorded
   * @param word the word to go on from
   * @param seconds from where on the words after it were heard
   */
  record Progress(List<KeptWord> words, long frames, int word, double seconds) {

    /** Takes an immutable copy. */
    public Progress {
      words = List.copyOf(words);
    }
  }

  /**
   * What an owner needs to go on.
   *
   * @param epoch of the new owner
   * @param name of the session
   * @param words every word event so far, in order
   * @param segments the recording so far, owner by owner
   * @param word the word to go on from
   * @param seconds from where on
   */
  record Handover(
      long epoch,
      String name,
      StreamRequest request,
      List<KeptWord> words,
      List<Segment> segments,
      int word,
      double seconds) {

    /** Takes immutable copies. */
    public Handover {
      words = List.copyOf(words);
      segments = List.copyOf(segments);
    }

    /** Audio that the client need not send again, samples of a channel. */
    long frames() {
      return segments.stream().mapToLong(Segment::frames).sum();
    }
  }

  /**
   * Tells the owner of a session that another one has it.
   *
   * @param epoch of the other one
   */
  record Overtaken(String key, long epoch) implements CborMessage {}

  /** Epoch of the node on which a session begins. */
  long FIRST_EPOCH = 1;

  /**
   * Begins a session.
   *
   * @param secretDigest what shows that a client may take it up
   * @param owner told when another node has it
   * @return completes when it outlives this node
   */
  CompletionStage<Void> open(
      String key,
      String secretDigest,
      String name,
      StreamRequest request,
      ActorRef<Overtaken> owner);

  /**
   * Keeps how far a session is; also the sign that its owner lives.
   *
   * @return whether it is kept; false when this owner is one of the past
   */
  CompletionStage<Boolean> keep(String key, long epoch, Progress progress);

  /**
   * Makes a node the owner of a session.
   *
   * @return empty when there is no such session, or the secret is another
   */
  CompletionStage<Optional<Handover>> claim(
      String key, String secretDigest, ActorRef<Overtaken> owner);

  /** Whether an owner still is one. */
  CompletionStage<Boolean> isCurrent(String key, long epoch);

  /**
   * Forgets a session.
   *
   * @return whether it did; false when this owner is one of the past
   */
  CompletionStage<Boolean> close(String key, long epoch);

  /** Whether two digests are the same; takes the same time if they are not. */
  static boolean same(String digest, String other) {
    return MessageDigest.isEqual(
        digest.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
  }
}
