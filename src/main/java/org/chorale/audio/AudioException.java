package org.chorale.audio;

import java.io.IOException;

/** Audio that cannot be read or holds nothing. The message is one sentence for the user. */
public final class AudioException extends IOException {

  /** A message that names the file and the way out. */
  public AudioException(String message) {
    super(message);
  }

  /** A message that names the file and the way out, and what caused it. */
  public AudioException(String message, Throwable cause) {
    super(message, cause);
  }
}
