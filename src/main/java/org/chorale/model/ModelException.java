package org.chorale.model;

import java.io.IOException;

/** A model that is missing or broken. The message is one sentence for the user. */
public final class ModelException extends IOException {

  private static final long serialVersionUID = 1L;

  /** A message that names the file and the way out. */
  public ModelException(String message) {
    super(message);
  }

  /** A message that names the file and the way out, and what caused it. */
  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
