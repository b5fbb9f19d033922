package org.chorale.batch;

import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import akka.stream.BoundedSourceQueue;
import akka.stream.QueueOfferResult;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The items of a node on their way: fetched, checked and decoded ahead; aligned; written. Every
 * stage takes so many items at a time and no more, so memory does not depend on the number of
 * items, and while one item is decoded or written others are aligned. A failure ends its item,
 * never the stream. Thread-safe.
 */
final class ItemPipeline implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ItemPipeline.class);

  /** Files are small beside what they come from: two writers keep up with any number of workers. */
  private static final int WRITERS = 2;

  private final ActorSystem<?> system;
  private final ItemTask task;
  private final BatchSettings.Node node;
  private final String worker;
  private final ExecutorService threads;
  private final BoundedSourceQueue<Entry> queue;

  /** An item and who waits for it. */
  private record Entry(Work work, long began, CompletableFuture<ItemOutcome> outcome) {}

  /** An item after a stage: what the stage made of it, or how it ended. */
  private record Step<T>(Entry entry, T value, ItemOutcome outcome) {}

  /**
   * Starts the stream.
   *
   * @param worker how outcomes call this node
   */
  ItemPipeline(ActorSystem<?> system, ItemTask task, BatchSettings.Node node, String worker) {
    this.system = system;
    this.task = task;
    this.node = node;
    this.worker = worker;
    AtomicInteger number = new AtomicInteger();
    // Not bounded: the stream bounds what runs, and a thread that hangs must not take a place.
    this.threads =
        Executors.newCachedThreadPool(
            body -> {
              Thread thread = new Thread(body, "batch-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    this.queue =
        Source.<Entry>queue(slots())
            .mapAsyncUnordered(node.prefetch(), this::prepare)
            .mapAsyncUnordered(node.workers(), this::align)
            .mapAsyncUnordered(WRITERS, this::write)
            .to(Sink.foreach(step -> step.entry().outcome().complete(step.outcome())))
            .run(system);
  }

  /** Items that may be under way on this node. */
  int slots() {
    return node.workers() + node.prefetch() + 1;
  }

  /** Takes an item up; at most {@link #slots()} at a time. The stage never fails. */
  CompletionStage<ItemOutcome> run(Work work) {
    Entry entry = new Entry(work, System.nanoTime(), new CompletableFuture<>());
    QueueOfferResult offered = queue.offer(entry);
    if (!offered.isEnqueued()) {
      entry
          .outcome()
          .complete(
              outcome(
                  entry,
                  false,
                  true,
                  ItemRecord.failed(
                      work.stamp(), "", "This node takes no items any more.", false)));
    }
    return entry.outcome();
  }

  private CompletionStage<Step<ItemTask.Prepared>> prepare(Entry entry) {
    return guarded(entry, "", 0, () -> task.prepare(entry.work()), ItemTask.Prepared::close)
        .thenApply(
            step -> {
              if (step.outcome() == null && step.value().unchanged()) {
                step.value().close();
                ItemRecord record =
                    new ItemRecord(
                        entry.work().stamp(),
                        step.value().fingerprint(),
                        ItemStatus.OK,
                        0,
                        0,
                        "",
                        "",
                        true);
                return new Step<>(entry, null, outcome(entry, true, false, record));
              }
              return step;
            });
  }

  private CompletionStage<Step<ItemTask.Aligned>> align(Step<ItemTask.Prepared> step) {
    if (step.outcome() != null) {
      return CompletableFuture.completedFuture(new Step<>(step.entry(), null, step.outcome()));
    }
    ItemTask.Prepared prepared = step.value();
    return guarded(
            step.entry(),
            prepared.fingerprint(),
            prepared.expectedSeconds(),
            () -> task.align(prepared),
            late -> late.prepared().close())
        .thenApply(
            next -> {
              if (next.outcome() != null) {
                prepared.close();
              }
              return next;
            });
  }

  private CompletionStage<Step<ItemRecord>> write(Step<ItemTask.Aligned> step) {
    if (step.outcome() != null) {
      return withdraw(step.entry(), step.outcome());
    }
    return this.<ItemRecord>guarded(
            step.entry(),
            step.value().prepared().fingerprint(),
            0,
            () -> task.write(step.value()),
            late -> {})
        .thenApply(
            next ->
                next.outcome() != null
                    ? next
                    : new Step<>(
                        next.entry(), null, outcome(next.entry(), false, false, next.value())));
  }

  /** What failed for good keeps no results of what it was before. */
  private CompletionStage<Step<ItemRecord>> withdraw(Entry entry, ItemOutcome outcome) {
    Step<ItemRecord> ended = new Step<>(entry, null, outcome);
    if (outcome.unchanged() || !outcome.result().quarantined() || entry.work().known().isEmpty()) {
      return CompletableFuture.completedFuture(ended);
    }
    return guarded(
            entry,
            "",
            0,
            () -> {
              task.withdraw(entry.work().item());
              return outcome;
            },
            late -> {})
        .thenApply(step -> ended);
  }

  /** Closes what came too late. */
  private interface Late<T> {
    void close(T value);
  }

  /** Runs a step on a thread of its own; it ends in time, whatever the thread does. */
  private <T> CompletionStage<Step<T>> guarded(
      Entry entry, String fingerprint, double audioSeconds, Callable<T> step, Late<T> late) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Future<?> running =
        threads.submit(
            () -> {
              try {
                T value = step.call();
                if (!result.complete(value)) {
                  late.close(value);
                }
              } catch (Throwable e) { // an item may end in any way; the job goes on
                LOG.debug("item {}", entry.work().item().id(), e);
                result.completeExceptionally(e);
              }
            });
    Duration limit =
        node.timeout().plusMillis(Math.round(1000 * audioSeconds * node.timeoutPerAudioSecond()));
    Cancellable timer =
        system
            .scheduler()
            .scheduleOnce(
                limit,
                () -> {
                  TimeoutException error =
                      new TimeoutException(
                          "It took longer than %d s; give more with --timeout, or look at its files."
                              .formatted(limit.toSeconds()));
                  if (result.completeExceptionally(error)) {
                    running.cancel(true);
                  }
                },
                system.executionContext());
    Function<Throwable, ItemOutcome> failed =
        error -> {
          Failures failure = Failures.of(error);
          return outcome(
              entry,
              false,
              failure.again(),
              ItemRecord.failed(
                  entry.work().stamp(), fingerprint, failure.reason(), !failure.later()));
        };
    return result.handle(
        (value, error) -> {
          timer.cancel();
          return error == null
              ? new Step<>(entry, value, null)
              : new Step<>(entry, null, failed.apply(error));
        });
  }

  private ItemOutcome outcome(Entry entry, boolean unchanged, boolean again, ItemRecord record) {
    return new ItemOutcome(
        entry.work().item().id(),
        entry.work().attempt(),
        unchanged,
        again,
        record,
        worker,
        ItemTask.rounded((System.nanoTime() - entry.began()) / 1e9));
  }

  @Override
  public void close() {
    queue.complete();
    threads.shutdownNow();
  }
}
