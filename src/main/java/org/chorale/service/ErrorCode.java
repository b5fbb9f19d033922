package org.chorale.service;

import java.util.Locale;

/** What can be wrong with a request; the code that clients read and its HTTP status. */
public enum ErrorCode {
  /** The request makes no sense (exit code 2 of the command line). */
  BAD_REQUEST(400, false),
  /** The token is missing or wrong. */
  UNAUTHORIZED(401, false),
  /** The web page that asks may not, or the service is called by a name that is not its own. */
  FORBIDDEN(403, false),
  /** There is nothing at this path. */
  NOT_FOUND(404, false),
  /** The path is right, the method is not. */
  METHOD_NOT_ALLOWED(405, false),
  /** The client took too long to send its request. */
  TIMEOUT(408, true),
  /** More bytes, or more seconds of audio, than the service takes. */
  TOO_LARGE(413, false),
  /** The body is of a type that is not read here. */
  UNSUPPORTED_TYPE(415, false),
  /** Unreadable or empty audio (exit code 3). */
  BAD_AUDIO(422, false),
  /** Unreadable or empty text, or no alignment (exit code 4). */
  BAD_TEXT(422, false),
  /** The text does not match the audio (exit code 5). */
  MISMATCH(422, false),
  /** More requests from one address than allowed. */
  RATE_LIMITED(429, true),
  /** Something went wrong in the service (exit code 1). */
  INTERNAL(500, true),
  /** The service is full. */
  OVERLOADED(503, true),
  /** A model is missing or broken (exit code 6). */
  MODEL_UNAVAILABLE(503, true);

  private final int status;
  private final boolean retryable;

  ErrorCode(int status, boolean retryable) {
    this.status = status;
    this.retryable = retryable;
  }

  /** The HTTP status, 400 to 599. */
  public int status() {
    return status;
  }

  /** Whether the same request may succeed later. */
  public boolean isRetryable() {
    return retryable;
  }

  /** The code as clients read it. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The code that goes with a status that a library chose. */
  static ErrorCode ofStatus(int status) {
    for (ErrorCode code : values()) {
      if (code.status == status) {
        return code;
      }
    }
    return status >= 500 ? INTERNAL : BAD_REQUEST;
  }
}
