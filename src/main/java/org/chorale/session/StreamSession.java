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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.chorale.align.AlignedLines;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Gaps;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.WavRecording;
import org.chorale.engine.RecordingAligner;
import org.chorale.engine.TextStream;
import org.chorale.follow.OnlineEvent;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextException;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;
import org.chorale.text.Word;

/**
 * One stream: takes its audio, follows its text, and tells its client. It outlives the connection:
 * a client that is gone may come back and hears every word that it missed. The client takes events
 * by credit, so that a slow one holds up nothing: the cursor is replaced by the next, words wait.
 *
 * <p>In a cluster it may outlive its node: a word is told, and audio acknowledged, only when the
 * ledger has it, so that the session goes on elsewhere where the client believes it to be.
 */
public final class StreamSession extends AbstractBehavior<StreamSession.Command> {

  /** Events on their way to a client that has not taken them. */
  private static final int CREDIT = 16;

  /** Audio that is acknowledged at a time, seconds. */
  private static final double ACK_SECONDS = 1;

  /** Audio before the first word to find that the model has to have heard, seconds. */
  private static final double WARM_SECONDS = 1.2;

  /** Audio that is heard again at most when a session is taken over, seconds. */
  private static final double REHEARD_SECONDS = 10;

  /** Numbers of events that a client may have seen beyond the last word that was kept. */
  private static final long FURTHEST_AHEAD = 1_000_000_000;

  /** Mean confidence of words below which a result made of events is no result. */
  private static final double LEAST_CONFIDENCE = 0.3;

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

  /** Another node has the session. */
  public enum Overtaken implements Command {
    /** The one message. */
    NOW
  }

  private record Prepared(
      Document document, TextStream stream, RecordingAligner aligner, Earlier earlier)
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

  /** Time to tell the ledger that the session lives. */
  private enum Beat implements Command {
    NOW
  }

  private record Forced(Long frames, Throwable error) implements Command {}

  private record Kept(boolean current, SessionLedger.Progress progress, Throwable error)
      implements Command {}

  /**
   * What was heard of the stream elsewhere.
   *
   * @param whole whether all of its recording is there
   * @param reheard the end of it, which is heard again
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Earlier(boolean whole, byte[] reheard) {
    static final Earlier NOTHING = new Earlier(true, new byte[0]);
  }

  /**
   * Who a session is.
   *
   * @param key by which nodes find it
   * @param name in logs
   * @param resumeToken with which a client comes back
   * @param secretDigest of that token
   * @param owner told when another node has the session
   */
  public record Identity(
      String key,
      String name,
      String resumeToken,
      String secretDigest,
      ActorRef<SessionLedger.Overtaken> owner) {}

  /**
   * What sessions have in common.
   *
   * @param texts reads texts
   * @param router brings steps to the model
   * @param offline where texts are prepared and results are made; it blocks
   * @param storage where recordings are written to the storage and removed; it blocks
   * @param ledger what other nodes may go on from; empty outside of a cluster
   */
  public record Surroundings(
      SessionModels models,
      SessionSettings settings,
      DocumentReader texts,
      ActorRef<InferenceRouter.Command> router,
      Executor offline,
      Executor storage,
      Optional<SessionLedger> ledger,
      SessionMetrics metrics) {}

  private final TimerScheduler<Command> timers;
  private final Identity identity;
  private final String name;
  private final StreamRequest request;

  /** What another node had, when it was taken over. */
  private final Optional<SessionLedger.Handover> handover;

  private final long epoch;
  private final Surroundings around;
  private final ActorRef<InferenceRouter.Outcome> outcomes;
  private final Deque<Audio> heldBack = new ArrayDeque<>();

  /** Words with their numbers, which nothing can take back, and how many the client was told. */
  private final List<SessionEvent.Word> words = new ArrayList<>();

  private int toldWords;

  /** Words that became final, and have no number. */
  private final List<OnlineEvent.Final> fresh = new ArrayList<>();

  /** Words with a number that the ledger does not have yet. */
  private final List<SessionEvent.Word> promised = new ArrayList<>();

  private final BitSet finalWords = new BitSet();

  /** Where another node would go on: the word, and from where on. */
  private int goOnWord;

  private double goOnSeconds;

  /** Frames that are on the storage, and those that the ledger knows of. */
  private long forcedFrames;

  private long keptFrames;
  private boolean forcing;
  private boolean keeping;
  private boolean beating;
  private boolean leaving;

  /**
   * Whether the session came to its end. One that stops before, because its node goes down or
   * another has it, is left to the ledger.
   */
  private boolean ended;

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
  private Earlier earlier = Earlier.NOTHING;
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
      Identity identity,
      StreamRequest request,
      Optional<SessionLedger.Handover> handover,
      ActorRef<SessionEvent> client,
      long lastSeq,
      Surroundings around) {
    super(context);
    this.timers = timers;
    this.identity = identity;
    this.name = identity.name();
    this.request = request;
    this.handover = handover;
    this.epoch = handover.map(SessionLedger.Handover::epoch).orElse(SessionLedger.FIRST_EPOCH);
    this.client = client;
    this.seq = lastSeq;
    this.around = around;
    this.credit = CREDIT;
    this.outcomes = context.messageAdapter(InferenceRouter.Outcome.class, Heard::new);
    around.metrics().opened();
    lives();
    context.pipeToSelf(
        CompletableFuture.supplyAsync(this::prepare, around.offline()).thenCompose(this::opened),
        (prepared, error) ->
            prepared != null
                ? prepared
                : new NotPrepared(failure(SessionEvent.Code.INTERNAL, INTERNAL_MESSAGE, true)));
  }

  /**
   * A session, which tells its client that it is ready as soon as its text is.
   *
   * @param client the first client
   */
  public static Behavior<Command> create(
      Identity identity,
      StreamRequest request,
      ActorRef<SessionEvent> client,
      Surroundings around) {
    return create(identity, request, Optional.empty(), client, 0, around);
  }

  /**
   * A session that another node had, which tells its client that it is resumed as soon as it is.
   *
   * @param client who came back
   * @param lastSeq number of the last event that it has seen
   */
  public static Behavior<Command> takeOver(
      Identity identity,
      SessionLedger.Handover handover,
      ActorRef<SessionEvent> client,
      long lastSeq,
      Surroundings around) {
    return create(identity, handover.request(), Optional.of(handover), client, lastSeq, around);
  }

  private static Behavior<Command> create(
      Identity identity,
      StreamRequest request,
      Optional<SessionLedger.Handover> handover,
      ActorRef<SessionEvent> client,
      long lastSeq,
      Surroundings around) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new StreamSession(
                        context, timers, identity, request, handover, client, lastSeq, around)));
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
        .onMessage(Forced.class, this::onForced)
        .onMessage(Kept.class, this::onKept)
        .onMessage(Beat.class, this::onBeat)
        .onMessage(Overtaken.class, this::onOvertaken)
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
      RecordingAligner whole = around.models().aligner(request.mode());
      if (handover.isEmpty()) {
        return new Prepared(read, around.models().follower().open(read), whole, Earlier.NOTHING);
      }
      return takenOver(handover.get(), read, whole);
    } catch (TextException e) {
      return new NotPrepared(failure(SessionEvent.Code.BAD_TEXT, e.getMessage(), false));
    } catch (IOException e) {
      throw new IllegalStateException("a model is broken", e);
    }
  }

  /** Finds the place at which another node was: hears the last of its recording again. */
  private Prepared takenOver(SessionLedger.Handover had, Document document, RecordingAligner whole)
      throws IOException {
    Recordings.Format format = Recordings.Format.of(request, whole.channels());
    Recordings recordings = around.settings().recordings();
    boolean there = recordings.isWhole(identity.key(), had.segments(), format);
    double end = had.frames() / (double) format.sampleRate();
    double sure = Math.min(had.seconds(), end);
    // At a whole second, which is a whole frame at any rate.
    double offset =
        there ? Math.floor(Math.max(0, Math.max(sure - WARM_SECONDS, end - REHEARD_SECONDS))) : end;
    BitSet told = new BitSet();
    double lastEnd = 0;
    for (SessionLedger.KeptWord word : had.words()) {
      told.set(word.index());
      lastEnd = Math.max(lastEnd, word.endSeconds());
    }
    TextStream.Origin origin =
        new TextStream.Origin(
            offset,
            offset == 0 ? sure : Math.max(had.seconds(), offset + WARM_SECONDS),
            had.word(),
            told,
            lastEnd);
    byte[] reheard =
        there
            ? recordings.read(
                identity.key(), had.segments(), Math.round(offset * format.sampleRate()), format)
            : new byte[0];
    return new Prepared(
        document,
        around.models().follower().open(document, origin),
        whole,
        new Earlier(there, reheard));
  }

  /** A session that could not outlive its node in a cluster does not begin. */
  private CompletionStage<Command> opened(Command prepared) {
    if (around.ledger().isEmpty() || handover.isPresent() || !(prepared instanceof Prepared)) {
      return CompletableFuture.completedFuture(prepared);
    }
    return around
        .ledger()
        .get()
        .open(identity.key(), identity.secretDigest(), name, request, identity.owner())
        .handle(
            (done, error) ->
                error == null
                    ? prepared
                    : new NotPrepared(
                        failure(
                            SessionEvent.Code.OVERLOADED,
                            "The servers do not find each other; try again in a while.",
                            true)));
  }

  private static String primaryLanguage(String language) {
    return language.toLowerCase(java.util.Locale.ROOT).split("[-_]", 2)[0];
  }

  private Behavior<Command> onPrepared(Prepared prepared) {
    document = prepared.document();
    stream = prepared.stream();
    aligner = prepared.aligner();
    earlier = prepared.earlier();
    Recordings recordings = around.settings().recordings();
    try {
      Recordings.Format format = Recordings.Format.of(request, aligner.channels());
      WavRecording recording =
          around.ledger().isEmpty()
              ? recordings.temporary(format)
              : recordings.begin(identity.key(), epoch, format);
      intake =
          new AudioIntake(
              request,
              aligner.channels(),
              recording,
              handover.map(SessionLedger.Handover::frames).orElse(0L),
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
      if (handover.isPresent()) {
        takeUp(handover.get(), prepared.earlier().reheard());
      }
    } catch (AudioException e) {
      return fail(failure(SessionEvent.Code.BAD_AUDIO, e.getMessage(), false));
    } catch (IOException e) {
      return failStorage(e);
    }
    if (around.ledger().isPresent()) {
      timers.startTimerWithFixedDelay(Beat.NOW, around.settings().resume().dividedBy(3));
    }
    if (handover.isEmpty()) {
      tellDirectly(
          new SessionEvent.Ready(
              name,
              identity.resumeToken(),
              around.settings().bufferedSeconds(),
              around.settings().idle().toSeconds()));
    }
    tellWaiting();
    return leftWhenKept();
  }

  /** Goes on where another node was. */
  private void takeUp(SessionLedger.Handover had, byte[] reheard) throws IOException {
    for (SessionLedger.KeptWord word : had.words()) {
      words.add(event(word));
      finalWords.set(word.index());
    }
    long last = words.isEmpty() ? 0 : words.get(words.size() - 1).seq();
    long seen = Math.min(seq, last + FURTHEST_AHEAD);
    seq = Math.max(last, seen);
    goOnWord = had.word();
    goOnSeconds = had.seconds();
    keptFrames = had.frames();
    forcedFrames = had.frames();
    acknowledged = intake.seconds();
    tellDirectly(new SessionEvent.Resumed(name, intake.seconds()));
    toldWords = firstAfter(seen);
    if (!earlier.whole()) {
      getContext()
          .getLog()
          .warn("session {}: its recording is not here; the result will be of its events", name);
    }
    earlier = new Earlier(earlier.whole(), new byte[0]);
    arrivedNanos = System.nanoTime();
    add(intake.rehear(reheard));
  }

  private SessionEvent.Word event(SessionLedger.KeptWord word) {
    return new SessionEvent.Word(
        word.seq(),
        word.index(),
        document.words().get(word.index()).text(),
        word.startSeconds(),
        word.endSeconds(),
        word.confidence());
  }

  /** Place of the first word event behind an event. */
  private int firstAfter(long lastSeq) {
    int at = words.size();
    while (at > 0 && words.get(at - 1).seq() > lastSeq) {
      at--;
    }
    return at;
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
    if (intake == null) {
      seq = handover.isPresent() ? attach.lastSeq() : seq;
    }
    // Words already numbered come again as they were.
    toldWords = firstAfter(attach.lastSeq());
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
    number();
    while (client != null && credit > 0 && toldWords < words.size()) {
      tellDirectly(words.get(toldWords++));
    }
    if (client != null && credit > 0 && cursor != null && allWordsTold()) {
      tellDirectly(
          new SessionEvent.Partial(
              ++seq, stream.heardSeconds(), cursor.word(), cursor.startSeconds()));
      cursor = null;
    }
    if (client != null
        && credit > 0
        && intake != null
        && safeSeconds() - acknowledged >= ACK_SECONDS) {
      acknowledged = safeSeconds();
      tellDirectly(new SessionEvent.Ack(acknowledged));
    }
    if (client != null && done != null && allWordsTold() && !doneTold) {
      tellDirectly(done);
      doneTold = true;
    }
  }

  private boolean allWordsTold() {
    return toldWords == words.size() && promised.isEmpty() && fresh.isEmpty();
  }

  /** Audio that need not be sent again, seconds. */
  private double safeSeconds() {
    return around.ledger().isEmpty() ? intake.seconds() : keptFrames / (double) intake.frameRate();
  }

  // What cannot be taken back.

  /** Gives words that are final their numbers; in a cluster the ledger has them first. */
  private void number() {
    if (around.ledger().isEmpty()) {
      fresh.forEach(word -> words.add(event(kept(word))));
      fresh.clear();
      return;
    }
    force();
    keep();
  }

  private SessionLedger.KeptWord kept(OnlineEvent.Final word) {
    return new SessionLedger.KeptWord(
        ++seq, word.word(), word.startSeconds(), word.endSeconds(), word.confidence());
  }

  /** Has the recording written to the storage that other nodes see, before it is acknowledged. */
  private void force() {
    if (intake == null
        || forcing
        || aligning
        || around.settings().recordings().shared().isEmpty()
        || intake.frames() - forcedFrames
            < (leaving ? 1 : Math.round(ACK_SECONDS * intake.frameRate()))) {
      return;
    }
    forcing = true;
    AudioIntake written = intake;
    CompletableFuture<Long> forced;
    try {
      long frames = written.flush();
      forced = CompletableFuture.supplyAsync(() -> force(written, frames), around.storage());
    } catch (IOException e) {
      forced = CompletableFuture.failedFuture(e);
    }
    getContext().pipeToSelf(forced, Forced::new);
  }

  private static long force(AudioIntake written, long frames) {
    try {
      written.force();
      return frames;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Behavior<Command> onForced(Forced forced) {
    forcing = false;
    if (forced.error() != null) {
      return failStorage(new IOException(forced.error()));
    }
    forcedFrames = forced.frames();
    tellWaiting();
    return leaving ? leftWhenKept() : alignWhenHeard();
  }

  /** Has the ledger keep how far the session is, one time at a time. */
  private void keep() {
    if (keeping || intake == null) {
      return;
    }
    long frames = Math.max(keptFrames, framesToKeep());
    long least = leaving ? 1 : Math.round(ACK_SECONDS * intake.frameRate());
    if (fresh.isEmpty() && frames - keptFrames < least && !beating) {
      return;
    }
    keeping = true;
    beating = false;
    List<SessionLedger.KeptWord> numbered = fresh.stream().map(this::kept).toList();
    numbered.forEach(word -> promised.add(event(word)));
    fresh.clear();
    SessionLedger.Progress progress =
        new SessionLedger.Progress(
            numbered,
            frames,
            goOnWord,
            Math.max(goOnSeconds, stream.heardSeconds() - REHEARD_SECONDS));
    getContext()
        .pipeToSelf(
            around.ledger().orElseThrow().keep(identity.key(), epoch, progress),
            (current, error) -> new Kept(Boolean.TRUE.equals(current), progress, error));
  }

  /**
   * Audio that the client need not send again: what is on a storage that others see; without one,
   * what nobody will have to hear again to go on.
   */
  private long framesToKeep() {
    if (around.settings().recordings().shared().isPresent()) {
      return forcedFrames;
    }
    double needed = Math.max(goOnSeconds - WARM_SECONDS, stream.heardSeconds() - REHEARD_SECONDS);
    long whole = (long) Math.floor(Math.max(0, needed)) * intake.frameRate();
    return Math.min(whole, intake.frames());
  }

  private Behavior<Command> onKept(Kept kept) {
    keeping = false;
    if (kept.error() != null) {
      getContext().getLog().warn("session {}: the ledger cannot be reached", name, kept.error());
      return release(new SessionEvent.Moved());
    }
    if (!kept.current()) {
      return onOvertaken(Overtaken.NOW);
    }
    words.addAll(promised);
    promised.clear();
    keptFrames = kept.progress().frames();
    tellWaiting();
    return doneTold ? stoppedWhenDone() : leftWhenKept();
  }

  private Behavior<Command> onBeat(Beat beat) {
    beating = true;
    tellWaiting();
    return this;
  }

  private Behavior<Command> onOvertaken(Overtaken overtaken) {
    return release(
        failure(
            SessionEvent.Code.UNKNOWN_SESSION, "The session goes on over another socket.", false));
  }

  /** Ends here, and leaves everything to another node. */
  private Behavior<Command> release(SessionEvent last) {
    answerHeldBack();
    tellDirectly(last);
    return Behaviors.stopped();
  }

  private Behavior<Command> leftWhenKept() {
    return leaving && !forcing && !keeping && fresh.isEmpty()
        ? release(new SessionEvent.Moved())
        : this;
  }

  private Behavior<Command> stoppedWhenDone() {
    ended = ended || doneTold;
    return doneTold ? Behaviors.stopped() : this;
  }

  // The audio.

  private Behavior<Command> onAudio(Audio audio) {
    lives();
    if (!audio.client().equals(client) || leaving) {
      // From a socket that has been replaced; or it will be sent again, to another node.
      audio.replyTo().tell(Room.READY);
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
    if (!intake.isCurrent(decoded.container()) || aligning || leaving) {
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
        fresh.add(word);
        finalWords.set(word.word());
        goOnWord = word.word() + 1;
        goOnSeconds = word.endSeconds();
      } else {
        cursor = (OnlineEvent.Cursor) event;
        goBack(cursor);
      }
    }
    tellWaiting();
  }

  /** The reader went back, or is still among words that were final before. */
  private void goBack(OnlineEvent.Cursor at) {
    int open = finalWords.nextClearBit(Math.min(goOnWord, at.word()));
    if (at.word() < goOnWord || (at.word() > goOnWord && open >= at.word())) {
      goOnWord = at.word();
      goOnSeconds = at.startSeconds();
    }
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
    whenHeard(
        () -> {
          take(stream.seek(seek.word()));
          goOnWord = seek.word();
          goOnSeconds = stream.heardSeconds();
          beating = true;
        });
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
    if (!finishing || aligning || forcing || leaving || stepping || !stream.isDone()) {
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
    if (!earlier.whole()) {
      return onAligned(new Aligned(ofEvents()));
    }
    Path file;
    try {
      file = intake.recorded();
    } catch (IOException e) {
      return failStorage(e);
    }
    long ownFrames = intake.frames() - handover.map(SessionLedger.Handover::frames).orElse(0L);
    getContext()
        .pipeToSelf(
            CompletableFuture.supplyAsync(() -> align(file, ownFrames), around.offline()),
            (alignment, error) -> error == null ? new Aligned(alignment) : new NotAligned(error));
    return this;
  }

  private Alignment align(Path file, long ownFrames) {
    try {
      return handover.isEmpty() ? align(file) : alignJoined(handover.get(), ownFrames);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Alignment align(Path file) throws IOException {
    try (AudioSource source = new AudioFiles().open(file, name, aligner.channels())) {
      return aligner.align(source, document, samples -> {});
    }
  }

  /** Aligns what all nodes that had the session wrote down. */
  private Alignment alignJoined(SessionLedger.Handover had, long ownFrames) throws IOException {
    Recordings recordings = around.settings().recordings();
    Recordings.Format format = Recordings.Format.of(request, aligner.channels());
    List<SessionLedger.Segment> all = new ArrayList<>(had.segments());
    all.add(new SessionLedger.Segment(epoch, ownFrames));
    try (WavRecording joined = recordings.temporary(format)) {
      recordings.join(identity.key(), all, format, joined);
      joined.finish();
      return align(joined.file());
    }
  }

  /** The words that were told; for a recording that was lost with its node. */
  private Alignment ofEvents() {
    AlignedWord[] placed = new AlignedWord[document.words().size()];
    Stream.of(
            words.stream(),
            promised.stream(),
            fresh.stream()
                .map(
                    w ->
                        event(
                            new SessionLedger.KeptWord(
                                0, w.word(), w.startSeconds(), w.endSeconds(), w.confidence()))))
        .flatMap(all -> all)
        .forEach(word -> placed[word.index()] = placed(word));
    double sum = 0;
    int spoken = 0;
    double lastEnd = 0;
    for (int w = 0; w < placed.length; w++) {
      Word written = document.words().get(w);
      boolean heard = placed[w] != null && placed[w].startSeconds() >= lastEnd;
      if (written.isSpoken()) {
        placed[w] = heard ? placed[w] : Gaps.missing(written);
        spoken++;
        sum += placed[w].confidence();
      }
      lastEnd = heard ? placed[w].endSeconds() : lastEnd;
    }
    Gaps.fill(document, placed, intake.seconds());
    double mean = spoken == 0 ? 0 : sum / spoken;
    return new Alignment(
        new Alignment.Audio(name, intake.seconds(), intake.frameRate(), aligner.channels()),
        document.language(),
        request.mode().name().toLowerCase(java.util.Locale.ROOT),
        around.models().follower().name(),
        mean,
        mean < LEAST_CONFIDENCE ? Verdict.MISMATCH : Verdict.DOUBTFUL,
        AlignedLines.of(document, List.of(placed)),
        List.of(placed));
  }

  private AlignedWord placed(SessionEvent.Word word) {
    Word written = document.words().get(word.index());
    return new AlignedWord(
        written.text(),
        written.charStart(),
        written.charEnd(),
        written.line(),
        WordStatus.ALIGNED,
        word.startSeconds(),
        word.endSeconds(),
        word.confidence(),
        List.of());
  }

  private Behavior<Command> onAligned(Aligned aligned) {
    done =
        new SessionEvent.Done(
            aligned.alignment(),
            request.granularity() == StreamRequest.Granularity.PHONE,
            !earlier.whole());
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
    if (idle == Idle.IDLE && client == null) {
      return this; // waits for its client to come back
    }
    if (idle == Idle.IDLE && (finishing || stepping)) {
      return lives(); // it is we who are behind: the client has said it all, or is held back
    }
    return fail(
        failure(
            SessionEvent.Code.IDLE,
            "Nothing came for %d s; send 'keepalive'."
                .formatted(around.settings().idle().toSeconds()),
            true));
  }

  private Behavior<Command> onShutDown(ShutDown shutDown) {
    if (around.ledger().isPresent()) {
      if (intake == null || aligning) {
        return release(new SessionEvent.Moved());
      }
      leaving = true;
      answerHeldBack();
      tellWaiting();
      return leftWhenKept();
    }
    return fail(
        failure(
            SessionEvent.Code.SHUTTING_DOWN, "The server goes down; connect again later.", true));
  }

  private Behavior<Command> failStorage(IOException error) {
    getContext().getLog().error("session {}: its recording cannot be kept", name, error);
    return fail(failure(SessionEvent.Code.INTERNAL, INTERNAL_MESSAGE, true));
  }

  private Behavior<Command> fail(SessionEvent.Failed failure) {
    // What is broken here may not be on another node of a cluster.
    ended = failure.code() != SessionEvent.Code.INTERNAL;
    answerHeldBack();
    tellDirectly(failure);
    return Behaviors.stopped();
  }

  private void answerHeldBack() {
    heldBack.forEach(audio -> audio.replyTo().tell(Room.READY));
    heldBack.clear();
  }

  private static SessionEvent.Failed failure(
      SessionEvent.Code code, String message, boolean retryable) {
    return new SessionEvent.Failed(code, message, retryable);
  }

  private Behavior<Command> onStopped() {
    around.metrics().closed();
    if (around.ledger().isPresent()) {
      leave(around.ledger().get());
    } else if (intake != null) {
      intake.close();
    }
    return this;
  }

  /** Leaves the recording where it is; it is removed when the ledger has forgotten the session. */
  private void leave(SessionLedger ledger) {
    Recordings recordings = around.settings().recordings();
    try {
      if (intake != null && recordings.shared().isPresent()) {
        intake.leave();
      } else if (intake != null) {
        intake.close();
      }
    } catch (IOException e) {
      getContext().getLog().warn("session {}: its recording cannot be closed", name, e);
    }
    if (!ended) {
      return;
    }
    List<SessionLedger.Segment> all = new ArrayList<>();
    handover.ifPresent(had -> all.addAll(had.segments()));
    all.add(new SessionLedger.Segment(epoch, 0));
    // What cannot be removed now is when somebody looks after the folder.
    ledger
        .close(identity.key(), epoch)
        .thenAcceptAsync(
            closed -> {
              if (closed) {
                recordings.remove(identity.key(), all);
              }
            },
            around.storage());
  }
}
