package org.chorale.session;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One socket: its first message begins a session or goes on with one; then it hands on what comes
 * from either side, one event at a time to a socket that says when it can take the next.
 */
public final class Connection extends AbstractBehavior<Connection.Command> {

  /** What a connection takes. */
  public sealed interface Command {}

  /** The socket takes events. */
  public record Opened(ActorRef<Outgoing> socket) implements Command {}

  /**
   * A message from the client.
   *
   * @param replyTo told when the next one may come
   */
  public record Said(ClientMessage message, ActorRef<StreamSession.Room> replyTo)
      implements Command {}

  /**
   * Messages of the client are about to come.
   *
   * @param replyTo told that the first one may
   */
  public record Ready(ActorRef<StreamSession.Room> replyTo) implements Command {}

  /** The socket is closed. */
  public enum Gone implements Command {
    /** The one message. */
    NOW
  }

  /** The socket has taken an event. */
  public enum Sent implements Command {
    /** The one message. */
    NOW
  }

  private record FromSession(SessionEvent event) implements Command {}

  private record Answered(SessionRegistry.Admission admission) implements Command {}

  private enum SessionEnded implements Command {
    NOW
  }

  /** What goes to the socket. */
  public sealed interface Outgoing {}

  /** An event. */
  public record Event(SessionEvent event) implements Outgoing {}

  /** Nothing more comes. */
  public enum Close implements Outgoing {
    /** The one message. */
    NOW
  }

  private final ActorRef<SessionRegistry.Command> registry;
  private final String address;
  private final ActorRef<SessionEvent> events;
  private final ActorRef<SessionRegistry.Admission> admissions;
  private final Deque<SessionEvent> waiting = new ArrayDeque<>();

  /** Messages that came before the answer to the first one. */
  private final Deque<Said> early = new ArrayDeque<>();

  private ActorRef<Outgoing> socket;
  private boolean socketBusy;
  private boolean begun;
  private boolean over;
  private ActorRef<StreamSession.Command> session;

  /** Events of the session that were sent before it was known whose they are. */
  private int sentEarly;

  private Connection(
      ActorContext<Command> context, ActorRef<SessionRegistry.Command> registry, String address) {
    super(context);
    this.registry = registry;
    this.address = address;
    this.events = context.messageAdapter(SessionEvent.class, FromSession::new);
    this.admissions = context.messageAdapter(SessionRegistry.Admission.class, Answered::new);
  }

  /**
   * A connection.
   *
   * @param address whose sessions are counted together
   */
  public static Behavior<Command> create(
      ActorRef<SessionRegistry.Command> registry, String address) {
    return Behaviors.setup(context -> new Connection(context, registry, address));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Opened.class, this::onOpened)
        .onMessage(Ready.class, this::onReady)
        .onMessage(Said.class, this::onSaid)
        .onMessage(Answered.class, this::onAnswered)
        .onMessage(FromSession.class, m -> send(m.event()))
        .onMessage(Sent.class, this::onSent)
        .onMessage(SessionEnded.class, this::onSessionEnded)
        .onMessage(Gone.class, m -> Behaviors.stopped())
        .onSignal(PostStop.class, s -> onStopped())
        .build();
  }

  private Behavior<Command> onOpened(Opened opened) {
    socket = opened.socket();
    sendWaiting();
    return this;
  }

  // From the client.

  private Behavior<Command> onReady(Ready ready) {
    ready.replyTo().tell(StreamSession.Room.READY);
    return this;
  }

  private Behavior<Command> onSaid(Said said) {
    if (over) {
      said.replyTo().tell(StreamSession.Room.READY);
      return this;
    }
    if (!begun) {
      begun = true;
      return begin(said);
    }
    if (session == null) {
      early.add(said);
      return this;
    }
    handOn(said);
    return this;
  }

  private Behavior<Command> begin(Said said) {
    if (said.message() instanceof ClientMessage.Start start) {
      registry.tell(new SessionRegistry.Start(start.request(), address, events, admissions));
    } else if (said.message() instanceof ClientMessage.Resume resume) {
      registry.tell(
          new SessionRegistry.Resume(
              resume.resumeToken(), resume.lastSeq(), address, events, admissions));
    } else {
      said.replyTo().tell(StreamSession.Room.READY);
      return send(
          new SessionEvent.Failed(
              SessionEvent.Code.BAD_REQUEST,
              said.message() instanceof ClientMessage.Malformed malformed
                  ? malformed.problem()
                  : "The first message must be 'start' or 'resume'.",
              false));
    }
    said.replyTo().tell(StreamSession.Room.READY);
    return this;
  }

  private Behavior<Command> onAnswered(Answered answered) {
    if (answered.admission() instanceof SessionRegistry.Refused refused) {
      return send(refused.failure());
    }
    session = ((SessionRegistry.Admitted) answered.admission()).session();
    getContext().watchWith(session, SessionEnded.NOW);
    // A session that is there already is quicker than the answer, at times.
    for (; sentEarly > 0; sentEarly--) {
      session.tell(new StreamSession.Taken(events));
    }
    while (!early.isEmpty()) {
      handOn(early.poll());
    }
    return this;
  }

  private void handOn(Said said) {
    ClientMessage message = said.message();
    if (message instanceof ClientMessage.Audio audio) {
      session.tell(new StreamSession.Audio(events, audio.bytes(), said.replyTo()));
      return;
    }
    said.replyTo().tell(StreamSession.Room.READY);
    if (message instanceof ClientMessage.Seek seek) {
      session.tell(new StreamSession.Seek(seek.word()));
    } else if (message instanceof ClientMessage.Settle) {
      session.tell(StreamSession.Settle.NOW);
    } else if (message instanceof ClientMessage.Keepalive) {
      session.tell(StreamSession.Keepalive.NOW);
    } else if (message instanceof ClientMessage.Finish) {
      session.tell(StreamSession.Finish.NOW);
    } else {
      // The session waits for a client that keeps to the protocol; this socket hears no more of it.
      session.tell(new StreamSession.Detach(events));
      send(
          new SessionEvent.Failed(
              SessionEvent.Code.BAD_REQUEST,
              message instanceof ClientMessage.Malformed malformed
                  ? malformed.problem()
                  : "A socket carries one session; 'start' and 'resume' are the first message only.",
              false));
    }
  }

  // To the client.

  private Behavior<Command> send(SessionEvent event) {
    if (over) {
      return this;
    }
    over =
        event instanceof SessionEvent.Failed
            || event instanceof SessionEvent.Done
            || event instanceof SessionEvent.Moved;
    if (!(event instanceof SessionEvent.Moved)) {
      waiting.add(event);
    }
    sendWaiting();
    if (over) {
      early.forEach(said -> said.replyTo().tell(StreamSession.Room.READY));
      early.clear();
    }
    return this;
  }

  private void sendWaiting() {
    if (socket == null || socketBusy) {
      return;
    }
    if (!waiting.isEmpty()) {
      socketBusy = true;
      socket.tell(new Event(waiting.poll()));
    } else if (over) {
      socket.tell(Close.NOW);
    }
  }

  private Behavior<Command> onSent(Sent sent) {
    socketBusy = false;
    if (session != null) {
      session.tell(new StreamSession.Taken(events));
    } else {
      sentEarly++;
    }
    sendWaiting();
    return this;
  }

  private Behavior<Command> onSessionEnded(SessionEnded ended) {
    return send(SessionEvent.Failed.internal());
  }

  private Behavior<Command> onStopped() {
    if (session != null) {
      session.tell(new StreamSession.Detach(events));
    }
    early.forEach(said -> said.replyTo().tell(StreamSession.Room.READY));
    return this;
  }
}
