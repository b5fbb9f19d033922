package org.chorale.acoustic;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs of a model that are under way at the same time, as many as it likes, and whose results come
 * in the order in which the runs were asked for. One more may wait, so that no thread does. Used by
 * one thread.
 */
final class OrderedRuns implements AutoCloseable {

  private final AcousticModel model;
  private final Consumer<float[]> sink;
  private final ExecutorService threads;
  private final Deque<Future<float[]>> underWay = new ArrayDeque<>();

  /**
   * Runs of a model.
   *
   * @param sink gets the log posteriors of every run, on the thread that asked for them
   */
  OrderedRuns(AcousticModel model, Consumer<float[]> sink) {
    this.model = model;
    this.sink = sink;
    this.threads =
        Executors.newFixedThreadPool(
            model.runsAtATime(),
            work -> {
              Thread thread = new Thread(work, "emissions");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Asks for a run, and hands on the first result when there are too many.
   *
   * @param window samples as {@link AcousticModel#logPosteriors} wants them; not changed any more
   * @throws UncheckedIOException when the thread is interrupted
   */
  void add(float[] window) {
    if (underWay.size() > model.runsAtATime()) {
      handOn();
    }
    underWay.add(threads.submit(() -> model.logPosteriors(window)));
  }

  /** Hands on all results. */
  void finish() {
    while (!underWay.isEmpty()) {
      handOn();
    }
  }

  private void handOn() {
    try {
      sink.accept(underWay.remove().get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException("The inference was interrupted."));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause(); // there are no others
    }
  }

  /** Gives up the runs that have not begun and waits for those that have. */
  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        // The model may be closed after this.
        ended = threads.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
