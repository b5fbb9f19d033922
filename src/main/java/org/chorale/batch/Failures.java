package org.chorale.batch;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.chorale.audio.AudioException;
import org.chorale.text.TextException;

/**
 * A failure as an item's report has it.
 *
 * @param reason one sentence
 * @param again whether another attempt in this run may succeed although the files are the same
 * @param later whether one in a later run may
 */
record Failures(String reason, boolean again, boolean later) {

  static Failures of(Throwable error) {
    Throwable cause = error;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof OutOfMemoryError) {
      return new Failures(
          "The memory given to Java is too small for this recording and text beside others; set"
              + " CHORALE_JAVA_OPTS=-Xmx2g, or --workers 1.",
          true,
          true);
    }
    String message = cause.getMessage();
    String sentence =
        message == null || message.isBlank()
            ? cause.getClass().getSimpleName()
            : message.lines().findFirst().orElse("");
    boolean slow = cause instanceof TimeoutException;
    boolean canPass = canPass(cause);
    // What hangs every time would cost every run its patience.
    return new Failures(sentence, slow || canPass, canPass);
  }

  /** Bad files stay bad; disks, networks and crowded machines may recover. */
  private static boolean canPass(Throwable cause) {
    if (cause instanceof AudioException || cause instanceof TextException) {
      Throwable deeper = cause.getCause();
      return deeper instanceof FileSystemException && !(deeper instanceof NoSuchFileException);
    }
    if (cause instanceof FileNotFoundException || cause instanceof NoSuchFileException) {
      return false;
    }
    return cause instanceof IOException;
  }
}
