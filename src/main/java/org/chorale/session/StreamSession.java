package org.chorale.session;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.engine.RecordingAligner;
import org.chorale.engine.TextStream;
import org.chorale.follow.OnlineEvent;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextException;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;

/**
 * One stream: takes its audio, follows its text, and tells its client. It outlives the connection:
 * a client that is gone may come back and hears every word that it missed. The client takes events
 * by credit, so that a slow one holds up nothing: the cursor is replaced by the next, words wait.
 */
public final class StreamSession extends AbstractBehavior<StreamSession.Command> {

  /** Events on their way to a client that has not taken them. */
  private static final int CREDIT = 16;

  /** Audio that is acknowledged at a time, seconds. */
  private static final double ACK_SECONDS = 1;

  /** Bytes of Opus ahead of its decoder: some seconds. */
  private static final int CONTAINER_BYTES = 256 * 1024;

  private static final String INTERNAL_MESSAGE =
      "Something went wrong in the server; try again, and tell its operator.";

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

  private record Prepared(Document document, TextStream stream, RecordingAligner aligner)
      implements Command {}

  private record NotPrepared(SessionEvent.Failed failure) implements Command {}

  private record Decoded(int container, float[] samples) implements Command {}

  private record DecodingEnded(int container, AudioException error) implements Command {}

  private record Heard(InferenceRouter.Outcome outcome) implements Command {}

  private record Aligned(Alignment alignment) implements Command {}

  private record NotAligned(Throwable error) implements Command {}

  private enum Idle implements Command {
    IDLE,
    NOT_RESUMED
  }

  /**
   * What sessions have in common.
   *
   * @param texts reads texts
   * @param router brings steps to the model
   * @param offline where texts are prepared and results are made; it blocks
   */
  public record Surroundings(
      SessionModels models,
      SessionSettings settings,
      DocumentReader texts,
      ActorRef<InferenceRouter.Command> router,
      Executor offline,
      SessionMetrics metrics) {}

  private record Waiting(int word, double startSeconds, double endSeconds, double confidence) {}

  private final TimerScheduler<Command> timers;
  private final String name;
  private final String resumeToken;
  private final StreamRequest request;
  private final Surroundings around;
  private final ActorRef<InferenceRouter.Outcome> outcomes;
  private final Deque<Audio> heldBack = new ArrayDeque<>();
  private final List<SessionEvent.Word> sent = new ArrayList<>();
  private final Deque<Waiting> words = new ArrayDeque<>();

  /** What the client asked for, behind the audio that waits for the model. */
  private final Deque<Runnable> controls = new ArrayDeque<>();

  private ActorRef<SessionEvent> client;
  private int credit;
  private long seq;
  private OnlineEvent.Cursor cursor;
  private double acknowledged;
  private Document document;
  private TextStream stream;
  private RecordingAligner aligner;
  private AudioIntake intake;
  private boolean stepping;
  private boolean finishing;
  private boolean aligning;
  private long arrivedNanos;
  private SessionEvent.Done done;
  private boolean doneTold;

  private StreamSession(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      String name,
      String resumeToken,
      StreamRequest request,
      ActorRef<SessionEvent> client,
      Surroundings around) {
    super(context);
    this.timers = timers;
    this.name = name;
    this.resumeToken = resumeToken;
    this.request = request;
    this.client = client;
    this.around = around;
    this.credit = CREDIT;
    this.outcomes = context.messageAdapter(InferenceRouter.Outcome.class, Heard::new);
    around.metrics().opened();
    lives();
    context.pipeToSelf(
        CompletableFuture.supplyAsync(this::prepare, around.offline()),
        (prepared, error) ->
            prepared != null
                ? prepared
                : new NotPrepared(failure(SessionEvent.Code.INTERNAL, INTERNAL_MESSAGE, true)));
  }

  /**
   * A session, which tells its client that it is ready as soon as its text is.
   *
   * @param name of the session
   * @param resumeToken with which a client comes back
   * @param client the first client
   */
  public static Behavior<Command> create(
      String name,
      String resumeToken,
      StreamRequest request,
      ActorRef<SessionEvent> client,
      Surroundings around) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new StreamSession(
                        context, timers, name, resumeToken, request, client, around)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Prepared.class, this::onPrepared)
        .onMessage(NotPrepared.class, m -> fail(m.failure()))
        .onMessage(Attach.class, this::onAttach)
        .onMessage(Detach.class, this::onDetach)
        .onMessage(Taken.class, this::onTaken)
        .onMessage(Audio.class, this::onAudio)
        .onMessage(Decoded.class, this::onDecoded)
        .onMessage(DecodingEnded.class, this::onDecodingEnded)
        .onMessage(Heard.class, this::onHeard)
        .onMessage(Seek.class, this::onSeek)
        .onMessage(Settle.class, this::onSettle)
        .onMessage(Keepalive.class, m -> lives())
        .onMessage(Finish.class, this::onFinish)
        .onMessage(Aligned.class, this::onAligned)
        .onMessage(NotAligned.class, this::onNotAligned)
        .onMessage(Idle.class, this::onIdle)
        .onMessage(ShutDown.class, this::onShutDown)
        .onSignal(PostStop.class, s -> onStopped())
        .build();
  }

  private Behavior<Command> lives() {
    timers.startSingleTimer(Idle.IDLE, around.settings().idle());
    return this;
  }

  // The text.

  /** Reads the text; on another thread. */
  private Command prepare() {
    try {
      Document read =
          around
              .texts()
              .parse(
                  new TextFile("text", TextFormat.PLAIN, request.text()),
                  primaryLanguage(request.language()));
      if (!around.models().follower().canRead(read)) {
        return new NotPrepared(
            failure(
                SessionEvent.Code.BAD_TEXT,
                "The text is in a script that Chorale cannot pronounce; give it in Latin letters.",
                false));
      }
      return new Prepared(
          read, around.models().follower().open(read), around.models().aligner(request.mode()));
    } catch (TextException e) {
      return new NotPrepared(failure(SessionEvent.Code.BAD_TEXT, e.getMessage(), false));
    } catch (IOException e) {
      throw new IllegalStateException("a model is broken", e);
    }
  }

  private static String primaryLanguage(String language) {
    return language.toLowerCase(java.util.Locale.ROOT).split("[-_]", 2)[0];
  }

  private Behavior<Command> onPrepared(Prepared prepared) {
    document = prepared.document();
    stream = prepared.stream();
    aligner = prepared.aligner();
    try {
      intake =
          new AudioIntake(
              request,
              aligner.channels(),
              around.settings().folder(),
              new AudioIntake.Decoded() {
                private final ActorRef<Command> self = getContext().getSelf();

                @Override
                public void samples(int container, float[] samples) {
                  self.tell(new StreamSession.Decoded(container, samples));
                }

                @Override
                public void ended(int container, AudioException error) {
                  self.tell(new DecodingEnded(container, error));
                }
              });
    } catch (AudioException e) {
      return fail(failure(SessionEvent.Code.BAD_AUDIO, e.getMessage(), false));
    } catch (IOException e) {
      return failStorage(e);
    }
    tellDirectly(
        new SessionEvent.Ready(
            name,
            resumeToken,
            around.settings().bufferedSeconds(),
            around.settings().idle().toSeconds()));
    return this;
  }

  // The client.

  private Behavior<Command> onAttach(Attach attach) {
    timers.cancel(Idle.NOT_RESUMED);
    lives();
    if (client != null && client != attach.client()) {
      tellDirectly(
          failure(
              SessionEvent.Code.UNKNOWN_SESSION,
              "The session goes on over another socket.",
              false));
    }
    client = attach.client();
    credit = CREDIT;
    heldBack.clear();
    if (intake != null) {
      intake.interrupt();
      tellDirectly(new SessionEvent.Resumed(name, intake.seconds()));
    }
    // Words already numbered come again as they were.
    sent.stream().filter(w -> w.seq() > attach.lastSeq()).forEach(this::tellDirectly);
    tellWaiting();
    return stoppedWhenDone();
  }

  private Behavior<Command> onDetach(Detach detach) {
    if (detach.client().equals(client)) {
      client = null;
      heldBack.clear();
      timers.startSingleTimer(Idle.NOT_RESUMED, around.settings().resume());
    }
    return this;
  }

  private Behavior<Command> onTaken(Taken taken) {
    if (taken.client().equals(client)) {
      credit++;
      tellWaiting();
    }
    return stoppedWhenDone();
  }

  private void tellDirectly(SessionEvent event) {
    if (client != null) {
      client.tell(event);
      credit--;
    }
  }

  /** Sends what waits, words first, as far as the client takes it. */
  private void tellWaiting() {
    while (client != null && credit > 0 && !words.isEmpty()) {
      Waiting word = words.poll();
      SessionEvent.Word event =
          new SessionEvent.Word(
              ++seq,
              word.word(),
              document.words().get(word.word()).text(),
              word.startSeconds(),
              word.endSeconds(),
              word.confidence());
      sent.add(event);
      tellDirectly(event);
    }
    if (client != null && credit > 0 && cursor != null && words.isEmpty()) {
      tellDirectly(
          new SessionEvent.Partial(
              ++seq, stream.heardSeconds(), cursor.word(), cursor.startSeconds()));
      cursor = null;
    }
    if (client != null
        && credit > 0
        && intake != null
        && intake.seconds() - acknowledged >= ACK_SECONDS) {
      acknowledged = intake.seconds();
      tellDirectly(new SessionEvent.Ack(acknowledged));
    }
    if (client != null && done != null && words.isEmpty() && !doneTold) {
      tellDirectly(done);
      doneTold = true;
    }
  }

  private Behavior<Command> stoppedWhenDone() {
    return doneTold ? Behaviors.stopped() : this;
  }

  // The audio.

  private Behavior<Command> onAudio(Audio audio) {
    lives();
    if (!audio.client().equals(client)) {
      audio.replyTo().tell(Room.READY); // from a socket that has been replaced
      return this;
    }
    if (intake == null || finishing) {
      audio.replyTo().tell(Room.READY);
      return fail(
          failure(
              SessionEvent.Code.BAD_REQUEST,
              intake == null
                  ? "Audio came before 'ready'; wait for it."
                  : "Audio came after 'finish'; start another session.",
              false));
    }
    try {
      arrivedNanos = System.nanoTime();
      add(intake.accept(audio.bytes()));
    } catch (AudioException e) {
      return fail(failure(SessionEvent.Code.BAD_AUDIO, e.getMessage(), false));
    } catch (IOException e) {
      return failStorage(e);
    }
    heldBack.add(audio);
    answerRoom();
    if (intake.seconds() > around.settings().longest().toMillis() / 1000.0) {
      return fail(
          failure(
              SessionEvent.Code.TOO_LONG,
              "A session has at most %d s of audio; start another one."
                  .formatted(around.settings().longest().toSeconds()),
              false));
    }
    tellWaiting();
    return this;
  }

  private void answerRoom() {
    double waiting = (stream.samples() / (double) AudioSource.SAMPLE_RATE) - stream.heardSeconds();
    if (waiting < around.settings().bufferedSeconds() && intake.waitingBytes() < CONTAINER_BYTES) {
      heldBack.forEach(audio -> audio.replyTo().tell(Room.READY));
      heldBack.clear();
    }
  }

  private void add(float[] samples) {
    stream.add(samples, 0, samples.length);
    step();
  }

  private Behavior<Command> onDecoded(Decoded decoded) {
    if (!intake.isCurrent(decoded.container()) || aligning) {
      return this;
    }
    try {
      add(intake.keep(decoded.samples()));
    } catch (IOException e) {
      return failStorage(e);
    }
    answerRoom();
    tellWaiting();
    return this;
  }

  private Behavior<Command> onDecodingEnded(DecodingEnded ended) {
    if (!intake.isCurrent(ended.container())) {
      return this;
    }
    if (ended.error() != null) {
      return fail(failure(SessionEvent.Code.BAD_AUDIO, ended.error().getMessage(), false));
    }
    if (finishing) {
      stream.end();
      step();
      return alignWhenHeard();
    }
    return this;
  }

  private void step() {
    if (stepping) {
      return;
    }
    float[] samples = stream.nextStep();
    if (samples != null) {
      stepping = true;
      around.router().tell(new InferenceRouter.Step(stream.state(), samples, outcomes));
    }
  }

  private Behavior<Command> onHeard(Heard heard) {
    stepping = false;
    if (heard.outcome() instanceof InferenceRouter.Failed failed) {
      getContext().getLog().error("session {}: the model failed", name, failed.error());
      return fail(failure(SessionEvent.Code.INTERNAL, INTERNAL_MESSAGE, true));
    }
    take(stream.heard(((InferenceRouter.Posteriors) heard.outcome()).logPosteriors()));
    if (stream.waiting() == 0) {
      around.metrics().answered((System.nanoTime() - arrivedNanos) / 1e9);
    }
    step();
    doControls();
    answerRoom();
    return alignWhenHeard();
  }

  private void take(List<OnlineEvent> events) {
    for (OnlineEvent event : events) {
      if (event instanceof OnlineEvent.Final word) {
        words.add(
            new Waiting(word.word(), word.startSeconds(), word.endSeconds(), word.confidence()));
      } else {
        cursor = (OnlineEvent.Cursor) event;
      }
    }
    tellWaiting();
  }

  // Control.

  private Behavior<Command> onSeek(Seek seek) {
    lives();
    if (stream == null || seek.word() < 0 || seek.word() >= document.words().size()) {
      return fail(
          failure(
              SessionEvent.Code.BAD_REQUEST,
              stream == null
                  ? "'seek' came before 'ready'; wait for it."
                  : "'seek' names word %d of %d; count from 0."
                      .formatted(seek.word(), document.words().size()),
              false));
    }
    whenHeard(() -> take(stream.seek(seek.word())));
    return this;
  }

  private Behavior<Command> onSettle(Settle settle) {
    lives();
    if (stream != null) {
      whenHeard(() -> take(stream.settle()));
    }
    return this;
  }

  /** Does something after the audio that came before it. */
  private void whenHeard(Runnable control) {
    controls.add(control);
    doControls();
  }

  private void doControls() {
    while (!stepping && stream.waiting() == 0 && !controls.isEmpty()) {
      controls.poll().run();
    }
  }

  private Behavior<Command> onFinish(Finish finish) {
    lives();
    if (finishing) {
      return this;
    }
    if (intake == null) {
      return fail(
          failure(
              SessionEvent.Code.BAD_REQUEST, "'finish' came before 'ready'; wait for it.", false));
    }
    finishing = true;
    try {
      float[] last = intake.end();
      if (intake.isContainer()) {
        return this; // its decoder says when it is through
      }
      add(last);
    } catch (IOException e) {
      return failStorage(e);
    }
    stream.end();
    step();
    return alignWhenHeard();
  }

  // The end.

  private Behavior<Command> alignWhenHeard() {
    if (!finishing || aligning || stepping || !stream.isDone()) {
      return this;
    }
    if (intake.isEmpty()) {
      return fail(
          failure(
              SessionEvent.Code.BAD_AUDIO,
              "There was no audio before 'finish'; send some.",
              false));
    }
    aligning = true;
    // The result takes as long as it takes.
    timers.cancel(Idle.IDLE);
    Path file;
    try {
      file = intake.recorded();
    } catch (IOException e) {
      return failStorage(e);
    }
    getContext()
        .pipeToSelf(
            CompletableFuture.supplyAsync(() -> align(file), around.offline()),
            (alignment, error) -> error == null ? new Aligned(alignment) : new NotAligned(error));
    return this;
  }

  private Alignment align(Path file) {
    try (AudioSource source = new AudioFiles().open(file, name, aligner.channels())) {
      return aligner.align(source, document, samples -> {});
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Behavior<Command> onAligned(Aligned aligned) {
    done =
        new SessionEvent.Done(
            aligned.alignment(), request.granularity() == StreamRequest.Granularity.PHONE);
    tellWaiting();
    return stoppedWhenDone();
  }

  private Behavior<Command> onNotAligned(NotAligned failed) {
    Throwable cause = failed.error();
    while (cause.getCause() != null && !(cause instanceof AudioException)) {
      cause = cause.getCause();
    }
    if (cause instanceof AudioException) {
      return fail(failure(SessionEvent.Code.BAD_AUDIO, cause.getMessage(), false));
    }
    getContext().getLog().error("session {}: no result", name, failed.error());
    return fail(failure(SessionEvent.Code.INTERNAL, INTERNAL_MESSAGE, true));
  }

  private Behavior<Command> onIdle(Idle idle) {
    return idle == Idle.IDLE && client == null
        ? this // waits for its client to come back
        : fail(
            failure(
                SessionEvent.Code.IDLE,
                "Nothing came for %d s; send 'keepalive'."
                    .formatted(around.settings().idle().toSeconds()),
                true));
  }

  private Behavior<Command> onShutDown(ShutDown shutDown) {
    return fail(
        failure(
            SessionEvent.Code.SHUTTING_DOWN, "The server goes down; connect again later.", true));
  }

  private Behavior<Command> failStorage(IOException error) {
    getContext().getLog().error("session {}: its recording cannot be kept", name, error);
    return fail(failure(SessionEvent.Code.INTERNAL, INTERNAL_MESSAGE, true));
  }

  private Behavior<Command> fail(SessionEvent.Failed failure) {
    heldBack.forEach(audio -> audio.replyTo().tell(Room.READY));
    heldBack.clear();
    tellDirectly(failure);
    return Behaviors.stopped();
  }

  private static SessionEvent.Failed failure(
      SessionEvent.Code code, String message, boolean retryable) {
    return new SessionEvent.Failed(code, message, retryable);
  }

  private Behavior<Command> onStopped() {
    around.metrics().closed();
    if (intake != null) {
      intake.close();
    }
    return this;
  }
}
