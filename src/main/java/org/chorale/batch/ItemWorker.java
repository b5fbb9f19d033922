package org.chorale.batch;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.delivery.ConsumerController;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.ServiceKey;
import java.time.Duration;

/**
 * One place of a node's pipeline: pulls an item, has it aligned, tells the job until the job has it
 * in its journal, and only then takes the next. What it had not confirmed when its node died is
 * delivered to another.
 */
final class ItemWorker extends AbstractBehavior<ItemWorker.Command> {

  /** What it is told. */
  sealed interface Command {}

  private record Delivered(ConsumerController.Delivery<Work> delivery) implements Command {}

  private record Done(ItemOutcome outcome) implements Command {}

  private record Accepted(JobActor.Accepted accepted) implements Command {}

  private enum Signal implements Command {
    /** The job has not answered. */
    REPEAT
  }

  /** Between two tellings of the same end, while the job moves to another node. */
  private static final Duration REPEAT_AFTER = Duration.ofSeconds(2);

  private final TimerScheduler<Command> timers;
  private final ItemPipeline pipeline;
  private final ActorRef<JobActor.Command> job;
  private final ActorRef<JobActor.Accepted> accepted;
  private ActorRef<ConsumerController.Confirmed> confirmTo;
  private ItemOutcome outcome;

  private ItemWorker(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ItemPipeline pipeline,
      ActorRef<JobActor.Command> job) {
    super(context);
    this.timers = timers;
    this.pipeline = pipeline;
    this.job = job;
    this.accepted = context.messageAdapter(JobActor.Accepted.class, Accepted::new);
  }

  /**
   * A worker.
   *
   * @param job the job, wherever it is
   * @param key under which the job finds it
   */
  static Behavior<Command> create(
      ItemPipeline pipeline,
      ActorRef<JobActor.Command> job,
      ServiceKey<ConsumerController.Command<Work>> key) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  ActorRef<ConsumerController.Command<Work>> consumer =
                      context.spawn(ConsumerController.create(key), "consumer");
                  consumer.tell(
                      new ConsumerController.Start<>(
                          context.messageAdapter(
                              ConsumerController.deliveryClass(), Delivered::new)));
                  return new ItemWorker(context, timers, pipeline, job);
                }));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Delivered.class, this::onDelivered)
        .onMessage(Done.class, this::onDone)
        .onMessage(Accepted.class, this::onAccepted)
        .onMessageEquals(Signal.REPEAT, this::tellJob)
        .build();
  }

  private Behavior<Command> onDelivered(Delivered message) {
    confirmTo = message.delivery().confirmTo();
    getContext()
        .pipeToSelf(pipeline.run(message.delivery().message()), (ended, error) -> new Done(ended));
    return this;
  }

  private Behavior<Command> onDone(Done done) {
    outcome = done.outcome();
    timers.startTimerWithFixedDelay(Signal.REPEAT, REPEAT_AFTER);
    return tellJob();
  }

  private Behavior<Command> tellJob() {
    job.tell(new JobActor.Finished(outcome, accepted));
    return this;
  }

  private Behavior<Command> onAccepted(Accepted message) {
    if (outcome != null && outcome.id().equals(message.accepted().id())) {
      timers.cancel(Signal.REPEAT);
      outcome = null;
      confirmTo.tell(ConsumerController.confirmed());
    }
    return this;
  }
}
