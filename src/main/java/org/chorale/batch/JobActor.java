package org.chorale.batch;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.delivery.ConsumerController;
import akka.actor.typed.delivery.WorkPullingProducerController;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.ServiceKey;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.SnapshotAdapter;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * A job: knows what is to be done and what became of it, hands items to workers that pull them, and
 * keeps every end in the journal before it counts. One instance a job in the whole cluster; when
 * its node dies another takes over from the journal. Runs on a dispatcher that may block: it writes
 * the report.
 */
public final class JobActor
    extends EventSourcedBehavior<JobActor.Command, JobActor.Event, JobState> {

  /** What it is told. */
  public sealed interface Command extends CborMessage {}

  /** Asks for updates from now on; may be repeated. */
  public record Watch(ActorRef<JobUpdate> replyTo) implements Command {}

  /** An item ended on a worker, which repeats this until it is accepted. */
  public record Finished(ItemOutcome outcome, ActorRef<Accepted> replyTo) implements Command {}

  /** An end that the job will not forget. */
  public record Accepted(String id) implements CborMessage {}

  private record Planned(Manifest manifest, List<JobPlan.Stamped> items) implements Command {}

  private record PlanFailed(Throwable error) implements Command {}

  private record Demand(WorkPullingProducerController.RequestNext<Work> next) implements Command {}

  private record Again(String id) implements Command {}

  private enum Signal implements Command {
    /** Hand out what can be handed out. */
    DISPATCH,
    /** Tell how far it is. */
    TICK
  }

  /** What it remembers. */
  public sealed interface Event extends CborMessage {}

  /** An item was handed out; alone, if nothing else was under way. */
  record Started(String id, boolean alone) implements Event {}

  /** An attempt ended in a failure that may pass. */
  record Returned(String id) implements Event {}

  /** An item ended. */
  record Ended(String id, ItemRecord record) implements Event {}

  /** Reads the manifest and looks at the files; not on the actor's thread. */
  public interface Planner {
    /** The manifest, filtered. */
    CompletionStage<Manifest> manifest();

    /** Its items with their stamps. */
    CompletionStage<List<JobPlan.Stamped>> stamped(Manifest manifest);
  }

  /**
   * How a job goes about it.
   *
   * @param id names the job in the journal
   * @param output folder of the report
   * @param retryFailed whether items in quarantine are tried again
   * @param retries what becomes of items that fail
   * @param segments where the clips of all items go; empty for nowhere
   * @param dryRun whether it only tells what it would do
   */
  record Setup(
      String id,
      String output,
      boolean retryFailed,
      BatchSettings.Retries retries,
      String segments,
      boolean dryRun) {}

  /** Starts that end in nothing before an item is suspected to end the process. */
  private static final int SUSPECT_AFTER = 3;

  private static final Duration TICK = Duration.ofSeconds(1);

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final Setup setup;
  private final Planner planner;
  private final Report report;
  private final ServiceKey<ConsumerController.Command<Work>> workers;

  private final Set<ActorRef<JobUpdate>> watchers = new HashSet<>();
  private final Map<String, JobPlan.Planned> plan = new HashMap<>();
  private final List<String> order = new ArrayList<>();
  private final Map<String, Manifest.Rejected> rejected = new HashMap<>();
  private final Deque<String> queue = new ArrayDeque<>();
  private final Deque<String> suspects = new ArrayDeque<>();
  private final Map<String, Integer> attempts = new HashMap<>();
  private final Set<String> running = new HashSet<>();
  private final Set<String> waiting = new HashSet<>();
  private final Set<String> done = new HashSet<>();
  private WorkPullingProducerController.RequestNext<Work> demand;
  private boolean planned;
  private double audioSeconds;
  private JobUpdate last;

  private JobActor(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Setup setup,
      Planner planner,
      Report report,
      ServiceKey<ConsumerController.Command<Work>> workers) {
    super(PersistenceId.ofUniqueId("batch-" + setup.id()));
    this.context = context;
    this.timers = timers;
    this.setup = setup;
    this.planner = planner;
    this.report = report;
    this.workers = workers;
  }

  /**
   * A job.
   *
   * @param database made ready before the journal is asked
   * @param workers under which workers are found
   */
  static Behavior<Command> create(
      Setup setup,
      ProgressStore database,
      Planner planner,
      Storage storage,
      ServiceKey<ConsumerController.Command<Work>> workers) {
    return Behaviors.setup(
        context -> {
          database.prepare();
          return Behaviors.withTimers(
              timers ->
                  new JobActor(
                      context,
                      timers,
                      setup,
                      planner,
                      new Report(storage, setup.output()),
                      workers));
        });
  }

  @Override
  public JobState emptyState() {
    return new JobState();
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    // Two events an item: a snapshot every 1,000 items keeps recovery short.
    return RetentionCriteria.snapshotEvery(2_000, 2);
  }

  @Override
  public SnapshotAdapter<JobState> snapshotAdapter() {
    // A snapshot is written by another thread, while the actor goes on changing its state.
    return new SnapshotAdapter<>() {
      @Override
      public Object toJournal(JobState state) {
        return new JobState(state.records(), state.starts());
      }

      @Override
      public JobState fromJournal(Object kept) {
        return (JobState) kept;
      }
    };
  }

  @Override
  public SignalHandler<JobState> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), state -> readManifest())
        .build();
  }

  private void readManifest() {
    timers.startTimerWithFixedDelay(Signal.TICK, TICK);
    CompletionStage<Planned> reading =
        planner
            .manifest()
            .thenCompose(m -> planner.stamped(m).thenApply(items -> new Planned(m, items)));
    context.pipeToSelf(reading, (p, error) -> error == null ? p : new PlanFailed(error));
  }

  @Override
  public CommandHandler<Command, Event, JobState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Watch.class, this::onWatch)
        .onCommand(Planned.class, this::onPlanned)
        .onCommand(PlanFailed.class, failed -> broken(failed.error()))
        .onCommand(Demand.class, this::onDemand)
        .onCommand(Again.class, this::onAgain)
        .onCommand(Finished.class, this::onFinished)
        .onCommand(Signal.class, this::onSignal)
        .build();
  }

  @Override
  public EventHandler<JobState, Event> eventHandler() {
    return newEventHandlerBuilder()
        .forAnyState()
        .onEvent(
            Started.class,
            (state, e) -> {
              state.started(e.id(), e.alone());
              return state;
            })
        .onEvent(
            Returned.class,
            (state, e) -> {
              state.returned(e.id());
              return state;
            })
        .onEvent(
            Ended.class,
            (state, e) -> {
              state.finished(e.id(), e.record());
              return state;
            })
        .build();
  }

  private Effect<Event, JobState> onWatch(Watch watch) {
    watchers.add(watch.replyTo());
    if (last != null) {
      watch.replyTo().tell(last);
    }
    return Effect().none();
  }

  private void tell(JobUpdate update) {
    watchers.forEach(w -> w.tell(update));
  }

  private Effect<Event, JobState> broken(Throwable error) {
    Throwable cause = error;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    last = new JobUpdate.Broken(Failures.of(error).reason(), cause instanceof ManifestException);
    tell(last);
    return Effect().none();
  }

  private Effect<Event, JobState> onPlanned(JobState state, Planned message) {
    List<JobPlan.Planned> items = JobPlan.of(message.items(), state, setup.retryFailed());
    if (setup.dryRun()) {
      last = new JobUpdate.Planned(items, message.manifest().rejected());
      tell(last);
      return Effect().none();
    }
    for (JobPlan.Planned item : items) {
      String id = item.item().id();
      plan.put(id, item);
      order.add(id);
      if (item.reason() != JobPlan.Reason.DONE) {
        boolean suspect = state.starts(id).count() >= SUSPECT_AFTER;
        (suspect ? suspects : queue).add(id);
      }
    }
    for (Manifest.Rejected line : message.manifest().rejected()) {
      rejected.put(line.id(), line);
      order.add(line.id());
    }
    planned = true;
    try {
      report.begin(lines(state));
    } catch (IOException e) {
      return broken(e);
    }
    var controller =
        context.spawn(
            WorkPullingProducerController.create(
                Work.class, "job-" + setup.id(), workers, Optional.empty()),
            "producer");
    controller.tell(
        new WorkPullingProducerController.Start<>(
            context.messageAdapter(WorkPullingProducerController.requestNextClass(), Demand::new)));
    context.getSelf().tell(Signal.DISPATCH);
    return Effect().none();
  }

  private Effect<Event, JobState> onDemand(JobState state, Demand message) {
    demand = message.next();
    return dispatch(state);
  }

  /** Hands an item out when a worker asks for one: the journal knows before the worker does. */
  private Effect<Event, JobState> dispatch(JobState state) {
    if (!planned || left() == 0) {
      return planned && !(last instanceof JobUpdate.Completed) ? complete(state) : Effect().none();
    }
    if (demand == null) {
      return Effect().none();
    }
    boolean alone = queue.isEmpty();
    if (alone && (suspects.isEmpty() || !running.isEmpty() || !waiting.isEmpty())) {
      return Effect().none(); // a suspect runs when nothing else does
    }
    String id = alone ? suspects.remove() : queue.remove();
    if (alone && state.starts(id).alone() >= setup.retries().deaths()) {
      String reason =
          "Chorale ended %d times while it worked on this item and nothing else; look at its files."
              .formatted(state.starts(id).alone());
      return end(id, ItemRecord.failed(plan.get(id).stamp(), "", reason, true), "", 0);
    }
    running.add(id);
    return Effect()
        .persist(new Started(id, alone))
        .thenRun(
            after -> {
              JobPlan.Planned item = plan.get(id);
              demand
                  .sendNextTo()
                  .tell(
                      new Work(
                          item.item(),
                          item.stamp(),
                          item.known(),
                          attempts.getOrDefault(id, 0) + 1));
              demand = null;
            });
  }

  private int left() {
    return queue.size() + suspects.size() + running.size() + waiting.size();
  }

  private Effect<Event, JobState> onAgain(Again again) {
    if (waiting.remove(again.id())) {
      queue.add(again.id());
    }
    context.getSelf().tell(Signal.DISPATCH);
    return Effect().none();
  }

  private Effect<Event, JobState> onFinished(JobState state, Finished message) {
    ItemOutcome outcome = message.outcome();
    String id = outcome.id();
    Accepted accepted = new Accepted(id);
    if (!running.contains(id)) {
      // Repeated, or from a worker of the job's former life whose item is not handed out yet.
      if (!planned || !(queue.contains(id) || suspects.contains(id))) {
        return Effect().none().thenReply(message.replyTo(), s -> accepted);
      }
      queue.remove(id);
      suspects.remove(id);
    }
    ItemRecord record = outcome.result();
    int tried = attempts.merge(id, 1, Integer::sum);
    if (outcome.again() && tried < setup.retries().attempts()) {
      running.remove(id);
      waiting.add(id);
      timers.startSingleTimer("again-" + id, new Again(id), setup.retries().delayAfter(tried));
      return Effect().persist(new Returned(id)).thenReply(message.replyTo(), s -> accepted);
    }
    ItemRecord before = state.record(id);
    ItemRecord result =
        outcome.unchanged() && before != null ? before.withStamp(record.stamp()) : record;
    ItemOutcome told =
        new ItemOutcome(
            id, tried, outcome.unchanged(), false, result, outcome.worker(), outcome.tookSeconds());
    return end(id, result, outcome.worker(), outcome.tookSeconds(), told, message.replyTo());
  }

  private Effect<Event, JobState> end(
      String id, ItemRecord record, String worker, double tookSeconds) {
    return end(
        id,
        record,
        worker,
        tookSeconds,
        new ItemOutcome(id, 0, false, false, record, worker, tookSeconds),
        context.getSystem().ignoreRef());
  }

  private Effect<Event, JobState> end(
      String id,
      ItemRecord record,
      String worker,
      double tookSeconds,
      ItemOutcome told,
      ActorRef<Accepted> replyTo) {
    return Effect()
        .persist(new Ended(id, record))
        .thenRun(
            (JobState state) -> {
              running.remove(id);
              done.add(id);
              audioSeconds += record.seconds();
              replyTo.tell(new Accepted(id));
              tell(new JobUpdate.Ended(told));
              addToReport(id, record);
              context.getSelf().tell(Signal.DISPATCH);
            });
  }

  private void addToReport(String id, ItemRecord record) {
    try {
      report.add(line(id, record));
    } catch (IOException e) {
      // It is written whole at the end; until then the journal has it.
      context.getLog().warn("The report cannot be written ({}).", e.getMessage());
    }
  }

  private Report.Line line(String id, ItemRecord record) {
    return new Report.Line(id, plan.get(id).item().audioNames(), record);
  }

  /** What is known, in the order of the manifest. */
  private List<Report.Line> lines(JobState state) {
    List<Report.Line> lines = new ArrayList<>();
    for (String id : order) {
      Manifest.Rejected line = rejected.get(id);
      if (line != null) {
        lines.add(new Report.Line(id, List.of(), ItemRecord.failed("", "", line.reason(), true)));
      } else if (isDone(id)) {
        lines.add(line(id, state.record(id)));
      }
    }
    return lines;
  }

  private boolean isDone(String id) {
    return plan.get(id).reason() == JobPlan.Reason.DONE || done.contains(id);
  }

  private JobSummary summary(JobState state) {
    int[] counts = new int[ItemStatus.values().length];
    double seconds = 0;
    for (Report.Line line : lines(state)) {
      counts[line.record().status().ordinal()]++;
      seconds += line.record().seconds();
    }
    return new JobSummary(
        order.size(),
        counts[ItemStatus.OK.ordinal()],
        counts[ItemStatus.DOUBTFUL.ordinal()],
        counts[ItemStatus.MISMATCH.ordinal()],
        counts[ItemStatus.FAILED.ordinal()],
        done.size(),
        ItemTask.rounded(seconds));
  }

  private Effect<Event, JobState> onSignal(JobState state, Signal signal) {
    return switch (signal) {
      case DISPATCH -> dispatch(state);
      case TICK -> {
        if (planned && !(last instanceof JobUpdate.Completed)) {
          JobSummary counts = summary(state);
          int kept = counts.accounted() - done.size() - rejected.size();
          tell(new JobUpdate.Progressed(counts, kept, running.size(), audioSeconds));
        }
        yield Effect().none();
      }
    };
  }

  private Effect<Event, JobState> complete(JobState state) {
    try {
      report.end(lines(state));
      if (!setup.segments().isEmpty()) {
        report.joinSegments(
            order.stream().filter(id -> !rejected.containsKey(id)).toList(), setup.segments());
      }
      last = new JobUpdate.Completed(summary(state));
      tell(last);
    } catch (IOException e) {
      return broken(e);
    }
    return Effect().none();
  }
}
