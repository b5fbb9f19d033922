package org.chorale.session;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.io.IOException;
import java.util.Optional;
import org.chorale.audio.AudioException;

/**
 * One stream: takes its audio, follows its text, and tells its client. It outlives the connection:
 * a client that is gone may come back and hears every word that it missed.
 *
 * <p>In a cluster it may outlive its node: a word is told, and audio acknowledged, only when the
 * ledger has it, so that the session goes on elsewhere where the client believes it to be.
 *
 * <p>Here it waits for its text to be read; {@link FollowingSession} is what it becomes then.
 */
public final class StreamSession extends AbstractBehavior<StreamSession.Command> {

  /** What a session takes. */
  public sealed interface Command {}

  /**
   * A client takes part.
   *
   * @param client takes events; every one is answered by {@link Taken}
   * @param lastSeq number of the last event that it has seen
   */
  public record Attach(ActorRef<SessionEvent> client, long lastSeq) implements Command {}

  /** A client is gone. */
  public record Detach(ActorRef<SessionEvent> client) implements Command {}

  /** A client can take another event. */
  public record Taken(ActorRef<SessionEvent> client) implements Command {}

  /**
   * Audio.
   *
   * @param client who sends it
   * @param replyTo told when there is room for more
   */
  public record Audio(ActorRef<SessionEvent> client, byte[] bytes, ActorRef<Room> replyTo)
      implements Command {}

  /** There is room for more audio. */
  public enum Room {
    /** The one answer. */
    READY
  }

  /** Goes on at a word. */
  public record Seek(int word) implements Command {}

  /** Makes final what was heard. */
  public enum Settle implements Command {
    /** The one message. */
    NOW
  }

  /** A sign of life. */
  public enum Keepalive implements Command {
    /** The one message. */
    NOW
  }

  /** No more audio comes. */
  public enum Finish implements Command {
    /** The one message. */
    NOW
  }

  /** The server goes down. */
  public enum ShutDown implements Command {
    /** The one message. */
    NOW
  }

  /** Another node has the session. */
  public enum Overtaken implements Command {
    /** The one message. */
    NOW
  }

  /** What a session says to itself. */
  non-sealed interface Own extends Command {}

  private record Prepared(SessionPreparation.Outcome outcome, Throwable error) implements Own {}

  private final Ownership ownership;
  private final SessionSurroundings around;
  private final ClientFeed feed;
  private final SessionLife life;

  private StreamSession(
      ActorContext<Command> context,
      Ownership ownership,
      SessionSurroundings around,
      ClientFeed feed,
      SessionLife life) {
    super(context);
    this.ownership = ownership;
    this.around = around;
    this.feed = feed;
    this.life = life;
    life.begin();
    context.pipeToSelf(new SessionPreparation(ownership, around).begin(), Prepared::new);
  }

  /**
   * A session, which tells its client that it is ready as soon as its text is.
   *
   * @param client the first client
   */
  public static Behavior<Command> create(
      SessionIdentity identity,
      StreamRequest request,
      ActorRef<SessionEvent> client,
      SessionSurroundings around) {
    return create(
        new Ownership(identity, request, Optional.empty()), new ClientFeed(client, 0), around);
  }

  /**
   * A session that another node had, which tells its client that it is resumed as soon as it is.
   *
   * @param client who came back
   * @param lastSeq number of the last event that it has seen
   */
  public static Behavior<Command> takeOver(
      SessionIdentity identity,
      SessionLedger.Handover handover,
      ActorRef<SessionEvent> client,
      long lastSeq,
      SessionSurroundings around) {
    return create(
        new Ownership(identity, handover.request(), Optional.of(handover)),
        new ClientFeed(client, lastSeq),
        around);
  }

  private static Behavior<Command> create(
      Ownership ownership, ClientFeed feed, SessionSurroundings around) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new StreamSession(
                        context,
                        ownership,
                        around,
                        feed,
                        new SessionLife(timers, ownership, around, feed))));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Prepared.class, this::onPrepared)
        .onMessage(Attach.class, this::onAttach)
        .onMessage(Detach.class, this::onDetach)
        .onMessage(Taken.class, this::onTaken)
        .onMessage(Audio.class, this::onAudio)
        .onMessage(Seek.class, m -> tooEarly("'seek'"))
        .onMessage(Settle.class, m -> onSignOfLife())
        .onMessage(Keepalive.class, m -> onSignOfLife())
        .onMessage(Finish.class, m -> tooEarly("'finish'"))
        .onMessage(SessionLife.Idle.class, this::onIdle)
        .onMessage(Overtaken.class, m -> life.leave(SessionEvent.Failed.elsewhere()))
        .onMessage(ShutDown.class, this::onShutDown)
        .onSignal(PostStop.class, s -> onStopped())
        .build();
  }

  private Behavior<Command> onPrepared(Prepared prepared) {
    if (prepared.error() != null) {
      getContext()
          .getLog()
          .error("session {}: it cannot begin", ownership.name(), prepared.error());
      return life.fail(SessionEvent.Failed.internal());
    }
    if (prepared.outcome() instanceof SessionPreparation.NotPrepared refused) {
      return life.fail(refused.failure());
    }
    try {
      return FollowingSession.begin(
          getContext(),
          ownership,
          around,
          feed,
          life,
          (SessionPreparation.Prepared) prepared.outcome());
    } catch (AudioException e) {
      return life.fail(SessionEvent.Code.BAD_AUDIO, e.getMessage());
    } catch (IOException e) {
      return life.failStorage(getContext().getLog(), e);
    }
  }

  private Behavior<Command> onAttach(Attach attach) {
    life.attach(attach);
    return this;
  }

  private Behavior<Command> onDetach(Detach detach) {
    life.detach(detach);
    return this;
  }

  private Behavior<Command> onTaken(Taken taken) {
    feed.taken(taken.client());
    return this;
  }

  private Behavior<Command> onAudio(Audio audio) {
    audio.replyTo().tell(Room.READY);
    // One from a socket that has been replaced is nobody's mistake.
    return feed.isFor(audio.client()) ? tooEarly("Audio") : onSignOfLife();
  }

  private Behavior<Command> tooEarly(String what) {
    return life.fail(
        SessionEvent.Code.BAD_REQUEST, "%s came before 'ready'; wait for it.".formatted(what));
  }

  private Behavior<Command> onSignOfLife() {
    life.goesOn();
    return this;
  }

  private Behavior<Command> onIdle(SessionLife.Idle idle) {
    if (idle == SessionLife.Idle.NOT_RESUMED) {
      return life.failIdle();
    }
    life.goesOn(); // it is we who are behind: the client can say nothing yet
    return this;
  }

  private Behavior<Command> onShutDown(ShutDown shutDown) {
    return around.ledger().isEmpty()
        ? life.fail(SessionEvent.Failed.shuttingDown())
        : life.leave(new SessionEvent.Moved());
  }

  private Behavior<Command> onStopped() {
    life.stopped(getContext().getLog());
    return this;
  }
}
