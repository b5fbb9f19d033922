package org.chorale.session;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.chorale.acoustic.OnlineAcousticModel;

/**
 * Brings the steps of all streams to the acoustic model, as many at a time as wait when it becomes
 * free. With many streams a batch waits a few milliseconds for a fair share of them, because small
 * ones are dear; a few streams are served at once. A batch has steps of one length; the one that
 * has waited longest says which, so no stream starves. A batch that fails is tried one by one, so
 * that one bad stream costs no other.
 */
public final class InferenceRouter extends AbstractBehavior<InferenceRouter.Command> {

  /** A batch waits until this share of the live streams is in it ... */
  private static final double COMPANY = 0.2;

  /** ... but no longer than this. */
  private static final Duration PATIENCE = Duration.ofMillis(15);

  /** A stream that was here so lately is live. */
  private static final Duration LIVE = Duration.ofSeconds(1);

  /** What the router takes. */
  public sealed interface Command {}

  /**
   * A step of a stream; a stream has one step here at a time.
   *
   * @param stream what the model remembers of it
   * @param samples its next samples
   */
  public record Step(OnlineAcousticModel.Stream stream, float[] samples, ActorRef<Outcome> replyTo)
      implements Command {}

  private enum Patience implements Command {
    OVER
  }

  private record BatchDone(List<Step> steps, List<Outcome> outcomes, long nanos)
      implements Command {}

  /** What became of a step. */
  public sealed interface Outcome {}

  /** Log posteriors of the frames that came of it, frames x classes. */
  public record Posteriors(float[] logPosteriors) implements Outcome {}

  /** The model failed on it. */
  public record Failed(RuntimeException error) implements Outcome {}

  private final OnlineAcousticModel model;
  private final Executor inference;
  private final int workers;
  private final int mostStreams;
  private final SessionMetrics metrics;
  private final TimerScheduler<Command> timers;
  private final Deque<Step> queue = new ArrayDeque<>();
  private int running;

  /**
   * When each stream was last here, by its hash, so that none is held on to; the one that was here
   * longest ago first.
   */
  private final Map<Integer, Long> liveStreams = new LinkedHashMap<>();

  private InferenceRouter(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      OnlineAcousticModel model,
      Executor inference,
      int workers,
      int mostStreams,
      SessionMetrics metrics) {
    super(context);
    this.timers = timers;
    this.model = model;
    this.inference = inference;
    this.workers = workers;
    this.mostStreams = mostStreams;
    this.metrics = metrics;
  }

  /**
   * A router.
   *
   * @param inference where the model runs; it blocks
   * @param workers batches at a time
   * @param mostStreams streams a batch
   */
  public static Behavior<Command> create(
      OnlineAcousticModel model,
      Executor inference,
      int workers,
      int mostStreams,
      SessionMetrics metrics) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new InferenceRouter(
                        context, timers, model, inference, workers, mostStreams, metrics)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Step.class, this::onStep)
        .onMessage(BatchDone.class, this::onBatchDone)
        .onMessage(Patience.class, this::onPatience)
        .build();
  }

  private Behavior<Command> onStep(Step step) {
    queue.add(step);
    count(step.stream());
    start();
    return this;
  }

  private void count(OnlineAcousticModel.Stream stream) {
    long now = System.nanoTime();
    int hash = System.identityHashCode(stream);
    liveStreams.remove(hash);
    liveStreams.put(hash, now);
    Iterator<Long> seen = liveStreams.values().iterator();
    while (now - seen.next() > LIVE.toNanos()) {
      seen.remove();
    }
  }

  private Behavior<Command> onPatience(Patience patience) {
    startNow();
    return this;
  }

  private Behavior<Command> onBatchDone(BatchDone done) {
    running--;
    for (int i = 0; i < done.steps().size(); i++) {
      done.steps().get(i).replyTo().tell(done.outcomes().get(i));
    }
    int streams = done.steps().size();
    metrics.stepped(streams, done.nanos() / 1e9, streams * model.stepSamples() / 16_000.0);
    start();
    return this;
  }

  private void start() {
    if (running >= workers || queue.isEmpty()) {
      metrics.waiting(queue.size());
    } else if (queue.size() >= Math.min(mostStreams, liveStreams.size() * COMPANY)) {
      startNow();
    } else if (!timers.isTimerActive(Patience.OVER)) {
      timers.startSingleTimer(Patience.OVER, PATIENCE);
    }
  }

  private void startNow() {
    timers.cancel(Patience.OVER);
    while (running < workers && !queue.isEmpty()) {
      List<Step> batch = nextBatch();
      running++;
      getContext()
          .pipeToSelf(
              CompletableFuture.supplyAsync(() -> run(batch), inference),
              (done, error) ->
                  done != null ? done : new BatchDone(batch, allFailed(batch, error), 0));
    }
    metrics.waiting(queue.size());
  }

  /** The step that came first and those of its length, as many as fit. */
  private List<Step> nextBatch() {
    List<Step> batch = new ArrayList<>();
    int length = queue.peek().samples().length;
    Iterator<Step> waiting = queue.iterator();
    while (batch.size() < mostStreams && waiting.hasNext()) {
      Step step = waiting.next();
      if (step.samples().length == length) {
        batch.add(step);
        waiting.remove();
      }
    }
    return batch;
  }

  private BatchDone run(List<Step> batch) {
    long began = System.nanoTime();
    List<Outcome> outcomes = new ArrayList<>();
    try {
      model
          .step(
              batch.stream().map(Step::stream).toList(), batch.stream().map(Step::samples).toList())
          .forEach(p -> outcomes.add(new Posteriors(p)));
    } catch (RuntimeException e) {
      batch.forEach(step -> outcomes.add(alone(step)));
    }
    return new BatchDone(batch, outcomes, System.nanoTime() - began);
  }

  private Outcome alone(Step step) {
    try {
      return new Posteriors(model.step(List.of(step.stream()), List.of(step.samples())).get(0));
    } catch (RuntimeException e) {
      return new Failed(e);
    }
  }

  private static List<Outcome> allFailed(List<Step> batch, Throwable error) {
    RuntimeException cause = new IllegalStateException("the model could not be run", error);
    return batch.stream().map(step -> (Outcome) new Failed(cause)).toList();
  }
}
