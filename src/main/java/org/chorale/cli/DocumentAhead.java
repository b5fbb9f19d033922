package org.chorale.cli;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.chorale.text.Document;
import org.chorale.text.TextException;

/** Reads and parses a text on a thread of its own, so that models can be loaded meanwhile. */
final class DocumentAhead {

  private final FutureTask<Document> task;

  /** Starts to read, as {@link Engine#document} does. */
  DocumentAhead(String text, String language) {
    this.task = new FutureTask<>(() -> Engine.document(text, language));
    Thread reader = new Thread(task, "text");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * The text.
   *
   * @throws TextException when it cannot be read, or has no words
   */
  Document get() throws TextException, InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TextException unreadable) {
        throw unreadable;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause(); // there are no others
    }
  }
}
