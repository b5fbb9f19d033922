package org.chorale.session;

/** What a client says. */
public sealed interface ClientMessage {

  /** Begins a session; the first message on a socket. */
  record Start(StreamRequest request) implements ClientMessage {}

  /**
   * Goes on with a session; the first message on another socket.
   *
   * @param resumeToken of the session
   * @param lastSeq number of the last event that the client has seen
   */
  record Resume(String resumeToken, long lastSeq) implements ClientMessage {}

  /** Audio in the encoding of the request. */
  record Audio(byte[] bytes) implements ClientMessage {}

  /** Goes on at a word of the text. */
  record Seek(int word) implements ClientMessage {}

  /** Asks for everything heard to be final. */
  record Settle() implements ClientMessage {}

  /** Says that the client is there. */
  record Keepalive() implements ClientMessage {}

  /** No more audio comes. */
  record Finish() implements ClientMessage {}

  /**
   * Something that is not in the protocol.
   *
   * @param problem what is wrong with it, one sentence
   */
  record Malformed(String problem) implements ClientMessage {}
}
