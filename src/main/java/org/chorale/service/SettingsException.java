package org.chorale.service;

/** A configuration that the service cannot start with. The message is one sentence. */
public final class SettingsException extends Exception {

  private static final long serialVersionUID = 1L;

  /** A message that names the key and the way out. */
  public SettingsException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public SettingsException(String message, Throwable cause) {
    super(message, cause);
  }
}
