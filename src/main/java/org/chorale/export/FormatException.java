package org.chorale.export;

import java.io.IOException;

/**
 * A file that is not what it should be. The message is one sentence that names the file, the line
 * where there is one and what is wrong, fit to be shown to the user as it is.
 */
public final class FormatException extends IOException {

  private static final long serialVersionUID = 1L;

  /** A failure without a deeper cause. */
  public FormatException(String message) {
    super(message);
  }

  /** A failure caused by another. */
  public FormatException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What is wrong in a line of a file.
   *
   * @param file its name
   * @param line from 1
   * @param what ends the sentence "Line 3 of 'x': ..."
   */
  static FormatException at(String file, int line, String what) {
    // What is quoted of a broken file may be anything; a message is one line.
    String said = what.replaceAll("\\s+", " ").strip();
    return new FormatException("Line %d of '%s': %s.".formatted(line, file, said));
  }
}
