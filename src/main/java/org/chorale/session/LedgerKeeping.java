package org.chorale.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;

/**
 * Has the ledger keep what a client will be told, before it is told: words with their numbers, and
 * how much audio is safe. Audio goes to the storage first where other nodes see that; one thing of
 * each kind is under way at a time. Not thread-safe: answers come back through who made it.
 */
final class LedgerKeeping {

  private final Ownership ownership;
  private final SessionLedger ledger;
  private final SessionWords words;
  private final TakeOverPoint point;
  private final AudioIntake intake;
  private final Storage storage;
  private final DoubleSupplier heardSeconds;
  private final Answers answers;

  /** Frames that are on the storage, and those that the ledger knows of. */
  private long forcedFrames;

  private long keptFrames;
  private boolean forcing;
  private boolean keeping;
  private boolean due;
  private boolean leaving;
  private boolean recordingEnded;

  /**
   * Where recordings are written.
   *
   * @param shared whether other nodes see it
   * @param executor where that is done; it blocks
   */
  record Storage(boolean shared, Executor executor) {}

  /** Brings answers back to where this is used. */
  interface Answers {

    /** To be given to {@link LedgerKeeping#forced}: frames that are on the storage. */
    void forced(CompletionStage<Long> frames);

    /**
     * To be given to {@link LedgerKeeping#kept}, if this owner is not one of the past.
     *
     * @param progress what was to be kept
     * @param current as {@link SessionLedger#keep} says it
     */
    void kept(SessionLedger.Progress progress, CompletionStage<Boolean> current);
  }

  /**
   * Keeps what comes from now on.
   *
   * @param words of the session
   * @param point from which another node would go on
   * @param intake the session's audio
   * @param heardSeconds how much of the audio was heard
   */
  LedgerKeeping(
      Ownership ownership,
      SessionLedger ledger,
      SessionWords words,
      TakeOverPoint point,
      AudioIntake intake,
      Storage storage,
      DoubleSupplier heardSeconds,
      Answers answers) {
    this.ownership = ownership;
    this.ledger = ledger;
    this.words = words;
    this.point = point;
    this.intake = intake;
    this.storage = storage;
    this.heardSeconds = heardSeconds;
    this.answers = answers;
    this.keptFrames = ownership.earlierFrames();
    this.forcedFrames = keptFrames;
  }

  /** Audio that need not be sent again, seconds. */
  double safeSeconds() {
    return keptFrames / (double) intake.frameRate();
  }

  /** Has kept what there is to keep. */
  void advance() {
    force();
    keep();
  }

  /** Time to tell the ledger that the session lives, or that it goes on at another word. */
  void beDue() {
    due = true;
  }

  /** The owner is about to leave: all there is has to be kept, however little it is. */
  void leave() {
    leaving = true;
  }

  /** The recording is whole, and written no more. */
  void endRecording() {
    recordingEnded = true;
  }

  /** Whether the recording is being written to the storage. */
  boolean isForcing() {
    return forcing;
  }

  /** Whether there is nothing left to keep. */
  boolean isSettled() {
    return !forcing && !keeping && !words.hasFresh();
  }

  private long least() {
    return leaving ? 1 : Math.round(ClientFeed.ACK_SECONDS * intake.frameRate());
  }

  /** Has the recording written to the storage that other nodes see, before it is acknowledged. */
  private void force() {
    if (forcing
        || recordingEnded
        || !storage.shared()
        || intake.frames() - forcedFrames < least()) {
      return;
    }
    forcing = true;
    CompletableFuture<Long> forced;
    try {
      long frames = intake.flush();
      forced = CompletableFuture.supplyAsync(() -> force(frames), storage.executor());
    } catch (IOException e) {
      forced = CompletableFuture.failedFuture(e);
    }
    answers.forced(forced);
  }

  private long force(long frames) {
    try {
      intake.force();
      return frames;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** So much is on the storage. */
  void forced(long frames) {
    forcing = false;
    forcedFrames = frames;
  }

  /** Has the ledger keep how far the session is, one time at a time. */
  private void keep() {
    if (keeping) {
      return;
    }
    long frames = Math.max(keptFrames, framesToKeep());
    if (!words.hasFresh() && frames - keptFrames < least() && !due) {
      return;
    }
    keeping = true;
    due = false;
    List<SessionLedger.KeptWord> numbered = words.promise();
    SessionLedger.Progress progress =
        new SessionLedger.Progress(
            numbered, frames, point.word(), point.seconds(heardSeconds.getAsDouble()));
    answers.kept(progress, ledger.keep(ownership.key(), ownership.epoch(), progress));
  }

  /**
   * Audio that the client need not send again: what is on a storage that others see; without one,
   * what nobody will have to hear again to go on.
   */
  private long framesToKeep() {
    if (storage.shared()) {
      return forcedFrames;
    }
    long whole = point.dispensableSeconds(heardSeconds.getAsDouble()) * intake.frameRate();
    return Math.min(whole, intake.frames());
  }

  /** The ledger has it. */
  void kept(SessionLedger.Progress progress) {
    keeping = false;
    words.keepPromises();
    keptFrames = progress.frames();
  }
}
