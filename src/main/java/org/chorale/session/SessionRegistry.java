package org.chorale.session;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * Knows all sessions of this node: begins them as long as there is room, finds them for clients
 * that come back, and ends them when the node goes down. A session that fails takes none with it.
 */
public final class SessionRegistry extends AbstractBehavior<SessionRegistry.Command> {

  private static final int TOKEN_BYTES = 24;
  private static final String DISPATCHER = "chorale.session.dispatcher";

  /** What the registry takes. */
  public sealed interface Command {}

  /**
   * Begins a session.
   *
   * @param address whose sessions are counted together
   * @param client takes the session's events
   */
  public record Start(
      StreamRequest request,
      String address,
      ActorRef<SessionEvent> client,
      ActorRef<Admission> replyTo)
      implements Command {}

  /** Finds a session for a client that comes back. */
  public record Resume(
      String resumeToken, long lastSeq, ActorRef<SessionEvent> client, ActorRef<Admission> replyTo)
      implements Command {}

  /**
   * A socket was opened.
   *
   * @param address whose sessions are counted together
   */
  public record Connect(String address, ActorRef<ActorRef<Connection.Command>> replyTo)
      implements Command {}

  /** Ends all sessions and begins no more; answers when all are gone. */
  public record ShutDown(ActorRef<Count> replyTo) implements Command {}

  /** Asks how many sessions there are. */
  public record Ask(ActorRef<Count> replyTo) implements Command {}

  private record Ended(String token) implements Command {}

  /** How many sessions there are. */
  public record Count(int sessions) {}

  /** Whether a session takes part. */
  public sealed interface Admission {}

  /** It does. */
  public record Admitted(ActorRef<StreamSession.Command> session) implements Admission {}

  /** It does not. */
  public record Refused(SessionEvent.Failed failure) implements Admission {}

  private record Known(ActorRef<StreamSession.Command> session, String address, int characters) {}

  private final StreamSession.Surroundings around;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Known> sessions = new HashMap<>();
  private final Map<String, Integer> perAddress = new HashMap<>();
  private long characters;
  private ActorRef<Count> waitsForEnd;

  private SessionRegistry(ActorContext<Command> context, StreamSession.Surroundings around) {
    super(context);
    this.around = around;
  }

  /** A registry without sessions. */
  public static Behavior<Command> create(StreamSession.Surroundings around) {
    return Behaviors.setup(context -> new SessionRegistry(context, around));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Connect.class, this::onConnect)
        .onMessage(Start.class, this::onStart)
        .onMessage(Resume.class, this::onResume)
        .onMessage(Ended.class, this::onEnded)
        .onMessage(ShutDown.class, this::onShutDown)
        .onMessage(Ask.class, this::onAsk)
        .build();
  }

  private Behavior<Command> onConnect(Connect connect) {
    connect
        .replyTo()
        .tell(
            getContext()
                .spawnAnonymous(
                    Connection.create(getContext().getSelf(), connect.address()),
                    DispatcherSelector.fromConfig(DISPATCHER)));
    return this;
  }

  private Behavior<Command> onStart(Start start) {
    SessionSettings settings = around.settings();
    if (waitsForEnd != null) {
      return refuse(
          start.replyTo(),
          SessionEvent.Code.SHUTTING_DOWN,
          "The server goes down; connect again later.",
          true);
    }
    if (start.request().text().length() > settings.textCharacters()) {
      return refuse(
          start.replyTo(),
          SessionEvent.Code.BAD_TEXT,
          "The text has more than %d characters; send a part of it."
              .formatted(settings.textCharacters()),
          false);
    }
    if (characters + start.request().text().length() > settings.allTextCharacters()
        || sessions.size() >= settings.mostSessions()
        || perAddress.getOrDefault(start.address(), 0) >= settings.mostSessionsPerClient()) {
      around.metrics().refused();
      return refuse(
          start.replyTo(),
          SessionEvent.Code.OVERLOADED,
          perAddress.getOrDefault(start.address(), 0) >= settings.mostSessionsPerClient()
              ? "There are too many sessions from your address; end one first."
              : "The server has as many sessions as it can serve; try again in a while.",
          true);
    }
    String token = random(TOKEN_BYTES);
    String name = start.request().session() == null ? random(6) : start.request().session();
    ActorRef<StreamSession.Command> session =
        getContext()
            .spawnAnonymous(
                StreamSession.create(name, token, start.request(), start.client(), around),
                DispatcherSelector.fromConfig(DISPATCHER));
    getContext().watchWith(session, new Ended(token));
    int length = start.request().text().length();
    characters += length;
    sessions.put(token, new Known(session, start.address(), length));
    perAddress.merge(start.address(), 1, Integer::sum);
    start.replyTo().tell(new Admitted(session));
    return this;
  }

  private String random(int bytes) {
    byte[] token = new byte[bytes];
    random.nextBytes(token);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  private Behavior<Command> refuse(
      ActorRef<Admission> replyTo, SessionEvent.Code code, String message, boolean retryable) {
    replyTo.tell(new Refused(new SessionEvent.Failed(code, message, retryable)));
    return this;
  }

  private Behavior<Command> onResume(Resume resume) {
    Known known = sessions.get(resume.resumeToken());
    if (known == null) {
      return refuse(
          resume.replyTo(),
          SessionEvent.Code.UNKNOWN_SESSION,
          "No session waits for this token; start another one.",
          false);
    }
    known.session().tell(new StreamSession.Attach(resume.client(), resume.lastSeq()));
    resume.replyTo().tell(new Admitted(known.session()));
    return this;
  }

  private Behavior<Command> onEnded(Ended ended) {
    Known known = sessions.remove(ended.token());
    characters -= known.characters();
    perAddress.computeIfPresent(known.address(), (a, n) -> n == 1 ? null : n - 1);
    if (waitsForEnd != null && sessions.isEmpty()) {
      waitsForEnd.tell(new Count(0));
    }
    return this;
  }

  private Behavior<Command> onShutDown(ShutDown shutDown) {
    waitsForEnd = shutDown.replyTo();
    if (sessions.isEmpty()) {
      waitsForEnd.tell(new Count(0));
    }
    sessions.values().forEach(k -> k.session().tell(StreamSession.ShutDown.NOW));
    return this;
  }

  private Behavior<Command> onAsk(Ask ask) {
    ask.replyTo().tell(new Count(sessions.size()));
    return this;
  }
}
