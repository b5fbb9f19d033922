package org.chorale.service;

import java.time.Duration;
import java.util.Optional;

/** A request that is refused. The message is one sentence for the client; it holds no internals. */
public final class ServiceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final Duration retryAfter;

  /** A refusal. */
  public ServiceException(ErrorCode code, String message) {
    this(code, message, null);
  }

  private ServiceException(ErrorCode code, String message, Duration retryAfter) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** A refusal that says when to come again. */
  public static ServiceException retryAfter(ErrorCode code, String message, Duration wait) {
    return new ServiceException(code, message, wait);
  }

  /** What is wrong. */
  public ErrorCode code() {
    return code;
  }

  /** When to come again. */
  Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
