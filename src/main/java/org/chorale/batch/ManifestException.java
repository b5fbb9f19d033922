package org.chorale.batch;

import java.io.IOException;

/** A manifest that cannot be read at all. The message is one sentence for the user. */
public final class ManifestException extends IOException {

  private static final long serialVersionUID = 1L;

  /** A message that names the file and the way out. */
  public ManifestException(String message) {
    super(message);
  }

  /** A message that names the file and the way out, and what caused it. */
  public ManifestException(String message, Throwable cause) {
    super(message, cause);
  }
}
