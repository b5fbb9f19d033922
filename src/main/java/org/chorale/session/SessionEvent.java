package org.chorale.session;

import org.chorale.align.Alignment;

/**
 * What a session tells its client. Those with a number are counted: every one has the number of the
 * one before it, plus one. Times are seconds of the stream.
 */
public sealed interface SessionEvent {

  /**
   * The session takes audio.
   *
   * @param session its name
   * @param resumeToken what a client comes back with
   * @param bufferedSeconds audio that it takes ahead of what it has heard
   * @param idleSeconds how long it lives without a message
   */
  record Ready(String session, String resumeToken, double bufferedSeconds, long idleSeconds)
      implements SessionEvent {}

  /**
   * The client has come back.
   *
   * @param session the session's name
   * @param audioSeconds where the audio must go on
   */
  record Resumed(String session, double audioSeconds) implements SessionEvent {}

  /** The word that is being spoken, as far as is known. */
  record Partial(long seq, double audioSeconds, int word, double startSeconds)
      implements SessionEvent {}

  /** A final word. */
  record Word(
      long seq, int index, String text, double startSeconds, double endSeconds, double confidence)
      implements SessionEvent {}

  /** All audio before this is safe. */
  record Ack(double audioSeconds) implements SessionEvent {}

  /**
   * The end.
   *
   * @param alignment the whole result
   * @param phones whether the client wants its phones
   * @param ofEvents whether it is made of the word events, because the recording was lost
   */
  record Done(Alignment alignment, boolean phones, boolean ofEvents) implements SessionEvent {}

  /** The session waits to be taken up on another node; the socket is closed without a word. */
  record Moved() implements SessionEvent {}

  /**
   * The session is over, or was never begun.
   *
   * @param retryable whether the same may work later
   */
  record Failed(Code code, String message, boolean retryable) implements SessionEvent {

    /** Something is broken here. */
    static Failed internal() {
      return new Failed(
          Code.INTERNAL,
          "Something went wrong in the server; try again, and tell its operator.",
          true);
    }

    /** This socket has been replaced. */
    static Failed elsewhere() {
      return new Failed(Code.UNKNOWN_SESSION, "The session goes on over another socket.", false);
    }

    /** The nodes of the cluster have no majority. */
    static Failed cutOff() {
      return new Failed(
          Code.OVERLOADED, "The servers do not find each other; try again in a while.", true);
    }

    /** The node goes down. */
    static Failed shuttingDown() {
      return new Failed(Code.SHUTTING_DOWN, "The server goes down; connect again later.", true);
    }
  }

  /** Why a session fails. */
  enum Code {
    /** The server is full. */
    OVERLOADED,
    /** The message is not in the protocol, or not now. */
    BAD_REQUEST,
    /** The text is empty, too long, or cannot be pronounced. */
    BAD_TEXT,
    /** The audio cannot be decoded, or there is none. */
    BAD_AUDIO,
    /** Nothing was heard from the client for too long. */
    IDLE,
    /** There is more audio than a session may have. */
    TOO_LONG,
    /** No such session waits for its client. */
    UNKNOWN_SESSION,
    /** The server goes down. */
    SHUTTING_DOWN,
    /** Something here is broken. */
    INTERNAL;

    /** Its name in the protocol. */
    public String wireName() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
