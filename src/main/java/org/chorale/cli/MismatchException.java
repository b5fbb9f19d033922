package org.chorale.cli;

/** The text is not what is heard: the result was refused. */
final class MismatchException extends Exception {

  private static final long serialVersionUID = 1L;

  MismatchException(String message) {
    super(message);
  }
}
