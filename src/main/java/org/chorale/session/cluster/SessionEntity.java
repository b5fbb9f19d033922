package org.chorale.session.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.chorale.session.CborMessage;
import org.chorale.session.SessionLedger;

/**
 * The one place in the cluster where it is decided who has a session and how far it is. It writes
 * one thing at a time, and answers when a majority of the nodes has it; the session itself runs on
 * the node of its owner. A session whose owner says nothing for long is over.
 */
final class SessionEntity extends AbstractBehavior<SessionEntity.Command> {

  /** Between two attempts to reach a majority. */
  private static final Duration AGAIN = Duration.ofMillis(300);

  /** Calls that wait while something is written; who is not answered calls again. */
  private static final int MOST_WAITING = 1_000;

  /** What an entity takes. */
  sealed interface Command {}

  /** Begins the session. */
  record Open(SessionRecord first, ActorRef<Answer> replyTo) implements Command, CborMessage {}

  /** Keeps how far the session is. */
  record Keep(long epoch, SessionLedger.Progress progress, ActorRef<Answer> replyTo)
      implements Command, CborMessage {}

  /**
   * Makes another node the owner.
   *
   * @param attempt the same when the call is made again
   */
  record Claim(
      String secretDigest,
      String attempt,
      ActorRef<SessionLedger.Overtaken> owner,
      ActorRef<Answer> replyTo)
      implements Command, CborMessage {}

  /** Asks whether the session is there, and who has it. */
  record Ask(ActorRef<Answer> replyTo) implements Command, CborMessage {}

  /** Forgets the session. */
  record Close(long epoch, ActorRef<Answer> replyTo) implements Command, CborMessage {}

  private record Found(Optional<SessionRecord> found) implements Command {}

  private enum Internal implements Command {
    READ,
    NOT_FOUND_OUT,
    WRITTEN,
    NOT_WRITTEN,
    WRITE,
    OWNER_IS_SILENT
  }

  /** What becomes of a call. */
  enum Outcome {
    /** It is done. */
    DONE,
    /** The caller is an owner of the past, or the secret is another. */
    REFUSED,
    /** There is no such session. */
    UNKNOWN
  }

  /**
   * An answer.
   *
   * @param state of the session, for {@link Claim} and {@link Ask}; null for others
   */
  record Answer(Outcome outcome, SessionRecord state) implements CborMessage {}

  private final StashBuffer<Command> stash;
  private final TimerScheduler<Command> timers;
  private final String key;
  private final Replicas replicas;
  private final Duration silence;
  private SessionRecord state;

  /** What is written, and what comes after it. */
  private Supplier<CompletionStage<Void>> writing;

  private Supplier<Behavior<Command>> afterwards;

  private SessionEntity(
      ActorContext<Command> context,
      StashBuffer<Command> stash,
      TimerScheduler<Command> timers,
      String key,
      Replicas replicas,
      Duration silence) {
    super(context);
    this.stash = stash;
    this.timers = timers;
    this.key = key;
    this.replicas = replicas;
    this.silence = silence;
    read();
  }

  /**
   * An entity.
   *
   * @param key of its session
   * @param silence after which a session of which nobody spoke is over
   */
  static Behavior<Command> create(String key, Replicas replicas, Duration silence) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    Behaviors.withStash(
                        MOST_WAITING,
                        stash ->
                            new SessionEntity(context, stash, timers, key, replicas, silence))));
  }

  // Nothing else happens while it is found out what there is, or something is written.

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Found.class, this::onFound)
        .onMessageEquals(Internal.READ, this::read)
        .onMessageEquals(Internal.NOT_FOUND_OUT, () -> again(Internal.READ))
        .onMessageEquals(Internal.WRITE, this::write)
        .onMessageEquals(Internal.WRITTEN, () -> afterwards.get())
        .onMessageEquals(Internal.NOT_WRITTEN, () -> again(Internal.WRITE))
        .onMessage(Command.class, this::later)
        .build();
  }

  private Behavior<Command> later(Command command) {
    if (!stash.isFull()) {
      stash.stash(command);
    }
    return this;
  }

  private Behavior<Command> again(Internal what) {
    timers.startSingleTimer(what, AGAIN);
    return this;
  }

  private Behavior<Command> read() {
    getContext()
        .pipeToSelf(
            replicas.read(key),
            (found, error) -> error == null ? new Found(found) : Internal.NOT_FOUND_OUT);
    return this;
  }

  private Behavior<Command> onFound(Found found) {
    state = found.found().map(SessionRecord::found).orElse(null);
    timers.startSingleTimer(Internal.OWNER_IS_SILENT, silence);
    return stash.unstashAll(ready());
  }

  private Behavior<Command> write(
      Supplier<CompletionStage<Void>> what, Supplier<Behavior<Command>> then) {
    writing = what;
    afterwards = then;
    return write();
  }

  private Behavior<Command> write() {
    getContext()
        .pipeToSelf(
            writing.get(),
            (done, error) -> error == null ? Internal.WRITTEN : Internal.NOT_WRITTEN);
    return this;
  }

  // What callers want.

  private Behavior<Command> ready() {
    return Behaviors.receive(Command.class)
        .onMessage(Open.class, this::onOpen)
        .onMessage(Keep.class, this::onKeep)
        .onMessage(Claim.class, this::onClaim)
        .onMessage(Ask.class, this::onAsk)
        .onMessage(Close.class, this::onClose)
        .onMessageEquals(Internal.OWNER_IS_SILENT, this::onSilence)
        .onAnyMessage(m -> Behaviors.same())
        .build();
  }

  private Behavior<Command> answered(ActorRef<Answer> replyTo, Outcome outcome) {
    replyTo.tell(new Answer(outcome, null));
    return state == null ? Behaviors.stopped() : Behaviors.same();
  }

  /** Answers when a majority has a state. */
  private Behavior<Command> keep(SessionRecord next, ActorRef<Answer> replyTo, Answer answer) {
    if (next.isPartFull()) {
      return write(
          () -> replicas.writeNextPart(key, next),
          () -> keep(next.withoutNextPart(), replyTo, answer));
    }
    return write(
        () -> replicas.write(key, next),
        () -> {
          state = next;
          replyTo.tell(answer.state() == null ? answer : new Answer(answer.outcome(), next));
          return stash.unstashAll(ready());
        });
  }

  private Behavior<Command> onOpen(Open open) {
    if (state != null) {
      boolean again = state.attempt().equals(open.first().attempt());
      return answered(open.replyTo(), again ? Outcome.DONE : Outcome.REFUSED);
    }
    timers.startSingleTimer(Internal.OWNER_IS_SILENT, silence);
    return keep(open.first(), open.replyTo(), new Answer(Outcome.DONE, null));
  }

  private Behavior<Command> onKeep(Keep keep) {
    if (state == null || state.epoch() != keep.epoch()) {
      return answered(keep.replyTo(), state == null ? Outcome.UNKNOWN : Outcome.REFUSED);
    }
    timers.startSingleTimer(Internal.OWNER_IS_SILENT, silence);
    return keep(state.with(keep.progress()), keep.replyTo(), new Answer(Outcome.DONE, null));
  }

  private Behavior<Command> onClaim(Claim claim) {
    if (state == null) {
      return answered(claim.replyTo(), Outcome.UNKNOWN);
    }
    if (!SessionLedger.same(state.secretDigest(), claim.secretDigest())) {
      return answered(claim.replyTo(), Outcome.REFUSED);
    }
    if (state.attempt().equals(claim.attempt())) {
      claim.replyTo().tell(new Answer(Outcome.DONE, state));
      return Behaviors.same();
    }
    timers.startSingleTimer(Internal.OWNER_IS_SILENT, silence);
    SessionRecord next = state.ownedBy(claim.owner(), claim.attempt());
    // Sooner rather than later: what the old owner keeps from now on is refused anyway.
    state.owner().tell(new SessionLedger.Overtaken(key, next.epoch()));
    return keep(next, claim.replyTo(), new Answer(Outcome.DONE, next));
  }

  private Behavior<Command> onAsk(Ask ask) {
    ask.replyTo().tell(new Answer(state == null ? Outcome.UNKNOWN : Outcome.DONE, state));
    return state == null ? Behaviors.stopped() : Behaviors.same();
  }

  private Behavior<Command> onClose(Close close) {
    if (state == null || state.epoch() != close.epoch()) {
      return answered(close.replyTo(), state == null ? Outcome.UNKNOWN : Outcome.REFUSED);
    }
    return forget(close.replyTo());
  }

  private Behavior<Command> onSilence() {
    return state == null ? Behaviors.stopped() : forget(null);
  }

  private Behavior<Command> forget(ActorRef<Answer> replyTo) {
    SessionRecord last = state;
    return write(
        () -> replicas.delete(key, last),
        () -> {
          if (replyTo != null) {
            replyTo.tell(new Answer(Outcome.DONE, null));
          }
          return Behaviors.stopped();
        });
  }
}
