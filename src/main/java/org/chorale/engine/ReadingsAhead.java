package org.chorale.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.chorale.align.Reading;
import org.chorale.model.ModelException;
import org.chorale.text.Document;

/** Reads a text on a thread of its own, so that its recording can be heard meanwhile. */
final class ReadingsAhead implements AutoCloseable {

  private final FutureTask<List<List<Reading>>> task;
  private final Thread reader;

  /** Starts to read. */
  ReadingsAhead(PhoneReadings readings, Document document) {
    this.task = new FutureTask<>(() -> readings.of(document));
    this.reader = new Thread(task, "readings");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * The readings, as {@link PhoneReadings#of} gives them.
   *
   * @throws ModelException when a lexicon is broken
   * @throws InterruptedIOException when the waiting thread is interrupted
   */
  List<List<Reading>> get() throws IOException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("The reading of the text was interrupted.");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ModelException broken) {
        throw broken;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause(); // there are no others
    }
  }

  /** Waits for the end of it: the model of pronunciation may be closed after this. */
  @Override
  public void close() {
    boolean interrupted = false;
    while (reader.isAlive()) {
      try {
        reader.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
