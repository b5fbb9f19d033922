package org.chorale.session;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Receive;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioException;
import org.chorale.engine.RecordingAligner;
import org.chorale.follow.OnlineEvent;
import org.chorale.text.Document;

/**
 * What a {@link StreamSession} is from the time on at which its text is read. What it knows lies in
 * the objects that it owns: its audio in {@link AudioIntake} and {@link Hearing}, its words in
 * {@link SessionWords}, what its client has not heard in {@link ClientFeed}, what other nodes know
 * of it in {@link LedgerKeeping}. Here is what happens when.
 */
final class FollowingSession extends AbstractBehavior<StreamSession.Command> {

  private record Decoded(int container, float[] samples) implements StreamSession.Own {}

  private record DecodingEnded(int container, AudioException error) implements StreamSession.Own {}

  private record Heard(InferenceRouter.Outcome outcome) implements StreamSession.Own {}

  private record Aligned(Alignment alignment) implements StreamSession.Own {}

  private record NotAligned(Throwable error) implements StreamSession.Own {}

  private record Forced(Long frames, Throwable error) implements StreamSession.Own {}

  private record Kept(boolean current, SessionLedger.Progress progress, Throwable error)
      implements StreamSession.Own {}

  private final Ownership ownership;
  private final SessionSurroundings around;
  private final ClientFeed feed;
  private final SessionLife life;
  private final Document document;
  private final RecordingAligner aligner;
  private final boolean recordingLost;
  private final SessionWords words;
  private final TakeOverPoint point = new TakeOverPoint();
  private final AudioIntake intake;
  private final Hearing hearing;

  /** Empty outside of a cluster. */
  private final Optional<LedgerKeeping> keeping;

  private boolean aligning;
  private boolean leaving;

  private FollowingSession(
      ActorContext<StreamSession.Command> context,
      Ownership ownership,
      SessionSurroundings around,
      ClientFeed feed,
      SessionLife life,
      SessionPreparation.Prepared prepared)
      throws IOException {
    super(context);
    this.ownership = ownership;
    this.around = around;
    this.feed = feed;
    this.life = life;
    this.document = prepared.document();
    this.aligner = prepared.aligner();
    this.recordingLost = !prepared.whole();
    this.words = new SessionWords(document);
    this.intake = openIntake();
    this.hearing =
        new Hearing(
            intake,
            prepared.stream(),
            around.router(),
            context.messageAdapter(InferenceRouter.Outcome.class, Heard::new),
            around.settings().bufferedSeconds(),
            around.metrics());
    life.takes(intake, hearing);
    life.goesOn();
    this.keeping = around.ledger().map(this::keepIn);
  }

  /**
   * Goes on as a session that takes audio, and tells its client so.
   *
   * @param life how it ends
   * @param prepared its text, and what was heard of it elsewhere
   * @throws AudioException when audio like that cannot be taken
   * @throws IOException when there is no room for it
   */
  static Behavior<StreamSession.Command> begin(
      ActorContext<StreamSession.Command> context,
      Ownership ownership,
      SessionSurroundings around,
      ClientFeed feed,
      SessionLife life,
      SessionPreparation.Prepared prepared)
      throws IOException {
    FollowingSession session =
        new FollowingSession(context, ownership, around, feed, life, prepared);
    if (ownership.handover().isPresent()) {
      session.takeUp(ownership.handover().get(), prepared.reheard());
    } else {
      session.begin();
    }
    session.tellWaiting();
    return session;
  }

  @Override
  public Receive<StreamSession.Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(StreamSession.Attach.class, this::onAttach)
        .onMessage(StreamSession.Detach.class, this::onDetach)
        .onMessage(StreamSession.Taken.class, this::onTaken)
        .onMessage(StreamSession.Audio.class, this::onAudio)
        .onMessage(Decoded.class, this::onDecoded)
        .onMessage(DecodingEnded.class, this::onDecodingEnded)
        .onMessage(Heard.class, this::onHeard)
        .onMessage(StreamSession.Seek.class, this::onSeek)
        .onMessage(StreamSession.Settle.class, this::onSettle)
        .onMessage(StreamSession.Keepalive.class, m -> onKeepalive())
        .onMessage(StreamSession.Finish.class, this::onFinish)
        .onMessage(Aligned.class, this::onAligned)
        .onMessage(NotAligned.class, this::onNotAligned)
        .onMessage(SessionLife.Idle.class, this::onIdle)
        .onMessage(Forced.class, this::onForced)
        .onMessage(Kept.class, this::onKept)
        .onMessage(SessionLife.Beat.class, this::onBeat)
        .onMessage(StreamSession.Overtaken.class, this::onOvertaken)
        .onMessage(StreamSession.ShutDown.class, this::onShutDown)
        .onSignal(PostStop.class, s -> onStopped())
        .build();
  }

  private void begin() {
    feed.begin(words);
    feed.tell(
        new SessionEvent.Ready(
            ownership.name(),
            ownership.identity().resumeToken(),
            around.settings().bufferedSeconds(),
            around.settings().idle().toSeconds()));
  }

  private AudioIntake openIntake() throws IOException {
    ActorRef<StreamSession.Command> self = getContext().getSelf();
    return AudioIntake.open(
        ownership,
        aligner.channels(),
        around,
        new AudioIntake.Decoded() {
          @Override
          public void samples(int container, float[] samples) {
            self.tell(new Decoded(container, samples));
          }

          @Override
          public void ended(int container, AudioException error) {
            self.tell(new DecodingEnded(container, error));
          }
        });
  }

  private LedgerKeeping keepIn(SessionLedger ledger) {
    life.beat();
    return new LedgerKeeping(
        ownership,
        ledger,
        words,
        point,
        intake,
        new LedgerKeeping.Storage(
            around.settings().recordings().shared().isPresent(), around.storage()),
        hearing::heardSeconds,
        new LedgerKeeping.Answers() {
          @Override
          public void forced(CompletionStage<Long> frames) {
            getContext().pipeToSelf(frames, Forced::new);
          }

          @Override
          public void kept(SessionLedger.Progress progress, CompletionStage<Boolean> current) {
            getContext()
                .pipeToSelf(
                    current, (is, error) -> new Kept(Boolean.TRUE.equals(is), progress, error));
          }
        });
  }

  /** Goes on where another node was. */
  private void takeUp(SessionLedger.Handover had, byte[] reheard) throws IOException {
    point.takeUp(had);
    feed.takeUp(words, had, intake.seconds());
    feed.tell(new SessionEvent.Resumed(ownership.name(), intake.seconds()));
    if (recordingLost) {
      getContext()
          .getLog()
          .warn(
              "session {}: its recording is not here; the result will be of its events",
              ownership.name());
    }
    hearing.rehear(reheard);
  }

  // The client.

  private Behavior<StreamSession.Command> onAttach(StreamSession.Attach attach) {
    life.attach(attach);
    hearing.forgetSenders();
    intake.interrupt();
    feed.tell(new SessionEvent.Resumed(ownership.name(), intake.seconds()));
    tellWaiting();
    return endedWhenTold();
  }

  private Behavior<StreamSession.Command> onDetach(StreamSession.Detach detach) {
    if (life.detach(detach)) {
      hearing.forgetSenders();
    }
    return this;
  }

  private Behavior<StreamSession.Command> onTaken(StreamSession.Taken taken) {
    if (feed.taken(taken.client())) {
      tellWaiting();
    }
    return endedWhenTold();
  }

  /** Tells what waits; in a cluster the ledger has it first. */
  private void tellWaiting() {
    if (keeping.isPresent()) {
      keeping.get().advance();
    } else {
      words.promise();
      words.keepPromises();
    }
    feed.tellWaiting(
        hearing.heardSeconds(), keeping.map(LedgerKeeping::safeSeconds).orElseGet(intake::seconds));
  }

  // The ledger.

  private Behavior<StreamSession.Command> onForced(Forced forced) {
    if (forced.error() != null) {
      return life.failStorage(getContext().getLog(), forced.error());
    }
    keeping.orElseThrow().forced(forced.frames());
    tellWaiting();
    return leaving ? leftWhenKept() : alignWhenHeard();
  }

  private Behavior<StreamSession.Command> onKept(Kept kept) {
    if (kept.error() != null) {
      getContext()
          .getLog()
          .warn("session {}: the ledger cannot be reached", ownership.name(), kept.error());
      return life.leave(new SessionEvent.Moved());
    }
    if (!kept.current()) {
      return onOvertaken(StreamSession.Overtaken.NOW);
    }
    keeping.orElseThrow().kept(kept.progress());
    tellWaiting();
    return feed.isOver() ? endedWhenTold() : leftWhenKept();
  }

  private Behavior<StreamSession.Command> onBeat(SessionLife.Beat beat) {
    keeping.ifPresent(LedgerKeeping::beDue);
    tellWaiting();
    return this;
  }

  private Behavior<StreamSession.Command> onOvertaken(StreamSession.Overtaken overtaken) {
    return life.leave(SessionEvent.Failed.elsewhere());
  }

  private Behavior<StreamSession.Command> leftWhenKept() {
    return leaving && keeping.orElseThrow().isSettled()
        ? life.leave(new SessionEvent.Moved())
        : this;
  }

  private Behavior<StreamSession.Command> endedWhenTold() {
    return feed.isOver() ? life.end() : this;
  }

  // The audio.

  private Behavior<StreamSession.Command> onAudio(StreamSession.Audio audio) {
    life.goesOn();
    if (!feed.isFor(audio.client()) || leaving) {
      // From a socket that has been replaced; or it will be sent again, to another node.
      audio.replyTo().tell(StreamSession.Room.READY);
      return this;
    }
    if (hearing.isFinishing()) {
      audio.replyTo().tell(StreamSession.Room.READY);
      life.refuse("Audio came after 'finish'; start another session.");
      return this;
    }
    try {
      hearing.accept(audio.bytes());
    } catch (AudioException e) {
      return life.fail(SessionEvent.Code.BAD_AUDIO, e.getMessage());
    } catch (IOException e) {
      return life.failStorage(getContext().getLog(), e);
    }
    hearing.awaitRoom(audio.replyTo());
    if (intake.seconds() > around.settings().longest().toMillis() / 1000.0) {
      return life.fail(
          SessionEvent.Code.TOO_LONG,
          "A session has at most %d s of audio; start another one."
              .formatted(around.settings().longest().toSeconds()));
    }
    tellWaiting();
    return this;
  }

  private Behavior<StreamSession.Command> onDecoded(Decoded decoded) {
    if (!intake.isCurrent(decoded.container()) || aligning || leaving) {
      return this;
    }
    try {
      hearing.decoded(decoded.samples());
    } catch (IOException e) {
      return life.failStorage(getContext().getLog(), e);
    }
    hearing.answerRoom();
    tellWaiting();
    return this;
  }

  private Behavior<StreamSession.Command> onDecodingEnded(DecodingEnded decodingEnded) {
    if (!intake.isCurrent(decodingEnded.container())) {
      return this;
    }
    if (decodingEnded.error() != null) {
      return life.fail(SessionEvent.Code.BAD_AUDIO, decodingEnded.error().getMessage());
    }
    if (hearing.isFinishing()) {
      hearing.end();
      return alignWhenHeard();
    }
    return this;
  }

  private Behavior<StreamSession.Command> onHeard(Heard heard) {
    if (heard.outcome() instanceof InferenceRouter.Failed failed) {
      getContext().getLog().error("session {}: the model failed", ownership.name(), failed.error());
      return life.fail(SessionEvent.Failed.internal());
    }
    take(hearing.heard((InferenceRouter.Posteriors) heard.outcome()));
    hearing.goOn();
    return alignWhenHeard();
  }

  private void take(List<OnlineEvent> events) {
    for (OnlineEvent event : events) {
      if (event instanceof OnlineEvent.Final word) {
        words.add(word);
        point.passed(word);
      } else {
        OnlineEvent.Cursor cursor = (OnlineEvent.Cursor) event;
        feed.cursor(cursor);
        point.reading(cursor);
      }
    }
    tellWaiting();
  }

  // Control.

  private Behavior<StreamSession.Command> onSeek(StreamSession.Seek seek) {
    life.goesOn();
    if (seek.word() < 0 || seek.word() >= document.words().size()) {
      life.refuse(
          "'seek' names word %d of %d; count from 0."
              .formatted(seek.word(), document.words().size()));
      return this;
    }
    hearing.whenHeard(
        () -> {
          take(hearing.seek(seek.word()));
          point.sought(seek.word(), hearing.heardSeconds());
          keeping.ifPresent(LedgerKeeping::beDue);
        });
    return this;
  }

  private Behavior<StreamSession.Command> onKeepalive() {
    life.goesOn();
    return this;
  }

  private Behavior<StreamSession.Command> onSettle(StreamSession.Settle settle) {
    life.goesOn();
    hearing.whenHeard(() -> take(hearing.settle()));
    return this;
  }

  private Behavior<StreamSession.Command> onFinish(StreamSession.Finish finish) {
    life.goesOn();
    if (hearing.isFinishing()) {
      return this;
    }
    try {
      hearing.finish();
    } catch (IOException e) {
      return life.failStorage(getContext().getLog(), e);
    }
    return alignWhenHeard();
  }

  // The end.

  private Behavior<StreamSession.Command> alignWhenHeard() {
    if (aligning
        || leaving
        || !hearing.isDone()
        || keeping.map(LedgerKeeping::isForcing).orElse(false)) {
      return this;
    }
    if (intake.isEmpty()) {
      return life.fail(
          SessionEvent.Code.BAD_AUDIO, "There was no audio before 'finish'; send some.");
    }
    aligning = true;
    keeping.ifPresent(LedgerKeeping::endRecording);
    life.maySayNothing();
    if (recordingLost) {
      return onAligned(new Aligned(ofEvents()));
    }
    try {
      CompletionStage<Alignment> result =
          new SessionResult(ownership, around, document, aligner)
              .ofRecording(intake.recorded(), intake.frames() - ownership.earlierFrames());
      getContext()
          .pipeToSelf(
              result,
              (alignment, error) -> error == null ? new Aligned(alignment) : new NotAligned(error));
    } catch (IOException e) {
      return life.failStorage(getContext().getLog(), e);
    }
    return this;
  }

  private Alignment ofEvents() {
    return new EventResult(document, ownership.request().mode(), around.models().follower().name())
        .of(
            words.all(),
            new Alignment.Audio(
                ownership.name(), intake.seconds(), intake.frameRate(), aligner.channels()));
  }

  private Behavior<StreamSession.Command> onAligned(Aligned aligned) {
    feed.end(
        new SessionEvent.Done(
            aligned.alignment(),
            ownership.request().granularity() == StreamRequest.Granularity.PHONE,
            recordingLost));
    tellWaiting();
    return endedWhenTold();
  }

  private Behavior<StreamSession.Command> onNotAligned(NotAligned failed) {
    Optional<AudioException> audio = SessionResult.audioProblem(failed.error());
    if (audio.isPresent()) {
      return life.fail(SessionEvent.Code.BAD_AUDIO, audio.get().getMessage());
    }
    getContext().getLog().error("session {}: no result", ownership.name(), failed.error());
    return life.fail(SessionEvent.Failed.internal());
  }

  private Behavior<StreamSession.Command> onIdle(SessionLife.Idle idle) {
    if (!life.isOver(idle)) {
      return this;
    }
    if (idle == SessionLife.Idle.IDLE && hearing.isBusy()) {
      life.goesOn(); // it is we who are behind: the client has said it all, or is held back
      return this;
    }
    return life.failIdle();
  }

  private Behavior<StreamSession.Command> onShutDown(StreamSession.ShutDown shutDown) {
    if (around.ledger().isEmpty()) {
      return life.fail(SessionEvent.Failed.shuttingDown());
    }
    if (aligning) {
      return life.leave(new SessionEvent.Moved());
    }
    leaving = true;
    keeping.ifPresent(LedgerKeeping::leave);
    hearing.release();
    tellWaiting();
    return leftWhenKept();
  }

  private Behavior<StreamSession.Command> onStopped() {
    life.stopped(getContext().getLog());
    return this;
  }
}
