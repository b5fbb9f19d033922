package org.chorale.session;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Knows all sessions of this node: begins them as long as there is room, finds them for clients
 * that come back, and ends them when the node goes down. A session that fails takes none with it.
 * In a cluster it takes over sessions that other nodes have, or had, when their clients come here.
 */
public final class SessionRegistry extends AbstractBehavior<SessionRegistry.Command> {

  private static final int NAME_BYTES = 6;
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

  /**
   * Finds a session for a client that comes back.
   *
   * @param address whose sessions are counted together
   */
  public record Resume(
      String resumeToken,
      long lastSeq,
      String address,
      ActorRef<SessionEvent> client,
      ActorRef<Admission> replyTo)
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

  private record Ended(Known known) implements Command {}

  /** Another node has a session. */
  private record Overtaken(SessionLedger.Overtaken by) implements Command {}

  /** Whether this node still is the owner of a session that a client comes back to. */
  private record Checked(Resume resume, Known known, boolean current, Throwable error)
      implements Command {}

  private record Claimed(Resume resume, Optional<SessionLedger.Handover> handover, Throwable error)
      implements Command {}

  /** How many sessions there are. */
  public record Count(int sessions) {}

  /** Whether a session takes part. */
  public sealed interface Admission {}

  /** It does. */
  public record Admitted(ActorRef<StreamSession.Command> session) implements Admission {}

  /** It does not. */
  public record Refused(SessionEvent.Failed failure) implements Admission {}

  private record Known(
      SessionIdentity identity,
      long epoch,
      ActorRef<StreamSession.Command> session,
      String address,
      int characters) {}

  private final SessionSurroundings around;
  private final SecureRandom random = new SecureRandom();
  private final ActorRef<SessionLedger.Overtaken> owner;

  /** By their keys; those that other nodes have taken over are not here any more. */
  private final Map<String, Known> sessions = new HashMap<>();

  /** Sessions that run, those included that are about to end. */
  private int running;

  private final Map<String, Integer> perAddress = new HashMap<>();
  private long characters;
  private ActorRef<Count> waitsForEnd;

  private SessionRegistry(ActorContext<Command> context, SessionSurroundings around) {
    super(context);
    this.around = around;
    this.owner = context.messageAdapter(SessionLedger.Overtaken.class, Overtaken::new);
  }

  /** A registry without sessions. */
  public static Behavior<Command> create(SessionSurroundings around) {
    return Behaviors.setup(context -> new SessionRegistry(context, around));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Connect.class, this::onConnect)
        .onMessage(Start.class, this::onStart)
        .onMessage(Resume.class, this::onResume)
        .onMessage(Checked.class, this::onChecked)
        .onMessage(Claimed.class, this::onClaimed)
        .onMessage(Overtaken.class, this::onOvertaken)
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
    if (start.request().text().length() > settings.textCharacters()) {
      return refuse(
          start.replyTo(),
          SessionEvent.Code.BAD_TEXT,
          "The text has more than %d characters; send a part of it."
              .formatted(settings.textCharacters()),
          false);
    }
    Optional<SessionEvent.Failed> refusal =
        refusal(start.address(), start.request().text().length());
    if (refusal.isPresent()) {
      start.replyTo().tell(new Refused(refusal.get()));
      return this;
    }
    ResumeToken token = ResumeToken.fresh(random);
    String name =
        start.request().session() == null
            ? ResumeToken.random(random, NAME_BYTES)
            : start.request().session();
    SessionIdentity identity =
        new SessionIdentity(token.key(), name, token.written(), token.digest(), owner);
    begin(
        identity,
        SessionLedger.FIRST_EPOCH,
        start.address(),
        start.request(),
        StreamSession.create(identity, start.request(), start.client(), around),
        start.replyTo());
    return this;
  }

  /** Why no session more can begin here. */
  private Optional<SessionEvent.Failed> refusal(String address, int textCharacters) {
    SessionSettings settings = around.settings();
    if (waitsForEnd != null) {
      return Optional.of(SessionEvent.Failed.shuttingDown());
    }
    boolean tooManyOfOne = perAddress.getOrDefault(address, 0) >= settings.mostSessionsPerClient();
    if (characters + textCharacters <= settings.allTextCharacters()
        && running < settings.mostSessions()
        && !tooManyOfOne) {
      return Optional.empty();
    }
    around.metrics().refused();
    return Optional.of(
        new SessionEvent.Failed(
            SessionEvent.Code.OVERLOADED,
            tooManyOfOne
                ? "There are too many sessions from your address; end one first."
                : "The server has as many sessions as it can serve; try again in a while.",
            true));
  }

  private void begin(
      SessionIdentity identity,
      long epoch,
      String address,
      StreamRequest request,
      Behavior<StreamSession.Command> behavior,
      ActorRef<Admission> replyTo) {
    ActorRef<StreamSession.Command> session =
        getContext().spawnAnonymous(behavior, DispatcherSelector.fromConfig(DISPATCHER));
    Known known = new Known(identity, epoch, session, address, request.text().length());
    getContext().watchWith(session, new Ended(known));
    running++;
    characters += known.characters();
    perAddress.merge(address, 1, Integer::sum);
    Known before = sessions.put(identity.key(), known);
    if (before != null) {
      before.session().tell(StreamSession.Overtaken.NOW);
    }
    replyTo.tell(new Admitted(session));
  }

  private Behavior<Command> refuse(
      ActorRef<Admission> replyTo, SessionEvent.Code code, String message, boolean retryable) {
    replyTo.tell(new Refused(new SessionEvent.Failed(code, message, retryable)));
    return this;
  }

  private Behavior<Command> onResume(Resume resume) {
    Optional<ResumeToken> token = ResumeToken.parse(resume.resumeToken());
    if (token.isEmpty()) {
      return refuseUnknown(resume);
    }
    Known known = sessions.get(token.get().key());
    boolean own =
        known != null && SessionLedger.same(known.identity().secretDigest(), token.get().digest());
    if (around.ledger().isEmpty()) {
      return own ? attach(resume, known) : refuseUnknown(resume);
    }
    if (!own) {
      return claim(resume, token.get());
    }
    // It may be that this node was cut off, and another one has the session now.
    getContext()
        .pipeToSelf(
            around.ledger().get().isCurrent(known.identity().key(), known.epoch()),
            (current, error) -> new Checked(resume, known, Boolean.TRUE.equals(current), error));
    return this;
  }

  private Behavior<Command> attach(Resume resume, Known known) {
    known.session().tell(new StreamSession.Attach(resume.client(), resume.lastSeq()));
    resume.replyTo().tell(new Admitted(known.session()));
    return this;
  }

  private Behavior<Command> refuseUnknown(Resume resume) {
    return refuse(
        resume.replyTo(),
        SessionEvent.Code.UNKNOWN_SESSION,
        "No session waits for this token; start another one.",
        false);
  }

  private Behavior<Command> refuseCutOff(Resume resume) {
    resume.replyTo().tell(new Refused(SessionEvent.Failed.cutOff()));
    return this;
  }

  private Behavior<Command> onChecked(Checked checked) {
    if (checked.error() != null) {
      return refuseCutOff(checked.resume());
    }
    Known known = checked.known();
    boolean here = known.equals(sessions.get(known.identity().key()));
    if (checked.current() && here) {
      return attach(checked.resume(), known);
    }
    if (here) {
      sessions.remove(known.identity().key());
      known.session().tell(StreamSession.Overtaken.NOW);
    }
    return claim(checked.resume(), ResumeToken.parse(checked.resume().resumeToken()).orElseThrow());
  }

  /** Takes over a session that another node has, or had before it died. */
  private Behavior<Command> claim(Resume resume, ResumeToken token) {
    Optional<SessionEvent.Failed> refusal = refusal(resume.address(), 0);
    if (refusal.isPresent()) {
      resume.replyTo().tell(new Refused(refusal.get()));
      return this;
    }
    CompletionStage<Optional<SessionLedger.Handover>> claimed =
        around.ledger().orElseThrow().claim(token.key(), token.digest(), owner);
    getContext().pipeToSelf(claimed, (handover, error) -> new Claimed(resume, handover, error));
    return this;
  }

  private Behavior<Command> onClaimed(Claimed claimed) {
    Resume resume = claimed.resume();
    if (claimed.error() != null) {
      getContext().getLog().warn("a session cannot be taken over", claimed.error());
      return refuseCutOff(resume);
    }
    if (claimed.handover().isEmpty()) {
      return refuseUnknown(resume);
    }
    SessionLedger.Handover handover = claimed.handover().get();
    ResumeToken token = ResumeToken.parse(resume.resumeToken()).orElseThrow();
    Known here = sessions.get(token.key());
    if (here != null && here.epoch() > handover.epoch()) {
      return refuseUnknown(resume); // the client was quicker over another socket
    }
    Optional<SessionEvent.Failed> refusal =
        refusal(resume.address(), handover.request().text().length());
    if (refusal.isPresent()) {
      resume.replyTo().tell(new Refused(refusal.get()));
      return this;
    }
    SessionIdentity identity =
        new SessionIdentity(token.key(), handover.name(), token.written(), token.digest(), owner);
    begin(
        identity,
        handover.epoch(),
        resume.address(),
        handover.request(),
        StreamSession.takeOver(identity, handover, resume.client(), resume.lastSeq(), around),
        resume.replyTo());
    return this;
  }

  private Behavior<Command> onOvertaken(Overtaken overtaken) {
    Known known = sessions.get(overtaken.by().key());
    if (known != null && known.epoch() < overtaken.by().epoch()) {
      sessions.remove(overtaken.by().key());
      known.session().tell(StreamSession.Overtaken.NOW);
    }
    return this;
  }

  private Behavior<Command> onEnded(Ended ended) {
    Known known = ended.known();
    sessions.remove(known.identity().key(), known);
    running--;
    characters -= known.characters();
    perAddress.computeIfPresent(known.address(), (a, n) -> n == 1 ? null : n - 1);
    if (waitsForEnd != null && running == 0) {
      waitsForEnd.tell(new Count(0));
    }
    return this;
  }

  private Behavior<Command> onShutDown(ShutDown shutDown) {
    waitsForEnd = shutDown.replyTo();
    if (running == 0) {
      waitsForEnd.tell(new Count(0));
    }
    sessions.values().forEach(k -> k.session().tell(StreamSession.ShutDown.NOW));
    return this;
  }

  private Behavior<Command> onAsk(Ask ask) {
    ask.replyTo().tell(new Count(running));
    return this;
  }
}
