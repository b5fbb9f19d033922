package org.chorale.service;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Lets in as much work as may run and wait, refuses the rest at once, and runs it on threads of its
 * own. Thread-safe.
 */
final class WorkGate {

  private final String name;
  private final ServiceSettings.Capacity capacity;
  private final Executor threads;
  private final ServiceMetrics metrics;
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();

  /**
   * A gate.
   *
   * @param name what metrics and messages call the work
   * @param threads as many as may run at the same time
   */
  WorkGate(
      String name, ServiceSettings.Capacity capacity, Executor threads, ServiceMetrics metrics) {
    this.name = name;
    this.capacity = capacity;
    this.threads = threads;
    this.metrics = metrics;
    metrics.gauge(
        "chorale." + name + ".running", "Requests that are worked on", running, AtomicInteger::get);
    metrics.gauge(
        "chorale." + name + ".waiting",
        "Requests that are uploading or waiting",
        this,
        g -> Math.max(0, g.inside.get() - g.running.get()));
  }

  /**
   * Takes a place, and leaves it when what {@code work} began has ended, however it ended.
   *
   * @throws ServiceException when there is none
   */
  <T> CompletionStage<T> enter(Supplier<CompletionStage<T>> work) {
    int places = capacity.maxConcurrent() + capacity.maxWaiting();
    if (inside.incrementAndGet() > places) {
      inside.decrementAndGet();
      metrics.refused(name);
      throw ServiceException.retryAfter(
          ErrorCode.OVERLOADED,
          "The service has as much work as it takes; come again later.",
          capacity.retryAfter());
    }
    CompletionStage<T> begun;
    try {
      begun = work.get();
    } catch (RuntimeException e) {
      begun = CompletableFuture.failedFuture(e);
    }
    return begun.whenComplete((result, failure) -> inside.decrementAndGet());
  }

  /** Runs something on the threads of this work. */
  <T> CompletionStage<T> run(Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    threads.execute(
        () -> {
          running.incrementAndGet();
          try {
            result.complete(work.call());
          } catch (Throwable failure) { // an OutOfMemoryError of one request must not hang it
            result.completeExceptionally(failure);
          } finally {
            running.decrementAndGet();
          }
        });
    return result;
  }

  /** Places that are taken. */
  int inside() {
    return inside.get();
  }

  /** Work that may fail in any way. */
  @FunctionalInterface
  interface Work<T> {
    /** Does it. */
    T call() throws Exception;
  }
}
