package org.chorale.service;

import akka.Done;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the requests that have no answer yet. Thread-safe. */
final class RequestsInFlight {

  /** What an answer takes from here to the network. */
  private static final Duration LINGER = Duration.ofMillis(250);

  private static final Duration POLL = Duration.ofMillis(50);

  private final AtomicInteger count = new AtomicInteger();

  void enter() {
    count.incrementAndGet();
  }

  void leave() {
    count.decrementAndGet();
  }

  /** Completes when there is none, or when the time is up. */
  CompletionStage<Done> whenNone(Duration timeout) {
    long until = System.nanoTime() + timeout.toNanos();
    return poll(until).thenCompose(done -> after(LINGER));
  }

  private CompletionStage<Done> poll(long until) {
    return count.get() <= 0 || System.nanoTime() > until
        ? CompletableFuture.completedFuture(Done.getInstance())
        : after(POLL).thenCompose(done -> poll(until));
  }

  private static CompletionStage<Done> after(Duration time) {
    return CompletableFuture.supplyAsync(
        Done::getInstance,
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS));
  }
}
