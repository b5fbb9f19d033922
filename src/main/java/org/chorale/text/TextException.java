package org.chorale.text;

/**
 * A text that cannot be aligned. The message is one sentence that names the input and the way out,
 * fit to be shown to the user as it is.
 */
public final class TextException extends Exception {

  private static final long serialVersionUID = 1L;

  /** A failure without a deeper cause. */
  public TextException(String message) {
    super(message);
  }

  /** A failure caused by another. */
  public TextException(String message, Throwable cause) {
    super(message, cause);
  }
}
