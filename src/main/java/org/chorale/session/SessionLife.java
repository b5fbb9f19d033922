package org.chorale.session;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.io.IOException;
import org.slf4j.Logger;

/**
 * How long a session lives without a sign of its client, how it ends, and what is left of it then.
 * Not thread-safe.
 */
final class SessionLife {

  private final TimerScheduler<StreamSession.Command> timers;
  private final Ownership ownership;
  private final SessionSurroundings around;
  private final ClientFeed feed;

  /**
   * Whether the session came to its end. One that stops before, because its node goes down or
   * another has it, is left to the ledger.
   */
  private boolean ended;

  /** These are null until the session takes audio. */
  private AudioIntake intake;

  private Hearing hearing;

  /** Nothing came in time. */
  enum Idle implements StreamSession.Own {
    /** From a client that is there. */
    IDLE,
    /** A client that was gone is not back. */
    NOT_RESUMED
  }

  /** Time to tell the ledger that the session lives. */
  enum Beat implements StreamSession.Own {
    /** The one message. */
    NOW
  }

  /**
   * A life.
   *
   * @param timers send {@link Idle} and {@link Beat}
   * @param feed of the client
   */
  SessionLife(
      TimerScheduler<StreamSession.Command> timers,
      Ownership ownership,
      SessionSurroundings around,
      ClientFeed feed) {
    this.timers = timers;
    this.ownership = ownership;
    this.around = around;
    this.feed = feed;
  }

  /** The session is there. */
  void begin() {
    around.metrics().opened();
    goesOn();
  }

  /**
   * The session takes audio.
   *
   * @param audio is closed when the session stops
   * @param heard lets those go whom it holds back when the session ends
   */
  void takes(AudioIntake audio, Hearing heard) {
    intake = audio;
    hearing = heard;
  }

  /** A sign of life. */
  void goesOn() {
    timers.startSingleTimer(Idle.IDLE, around.settings().idle());
  }

  /** Nothing has to come any more: the result takes as long as it takes. */
  void maySayNothing() {
    timers.cancel(Idle.IDLE);
  }

  /** The ledger has to be told from time to time. */
  void beat() {
    timers.startTimerWithFixedDelay(Beat.NOW, around.settings().resume().dividedBy(3));
  }

  /** A client takes part. */
  void attach(StreamSession.Attach attach) {
    timers.cancel(Idle.NOT_RESUMED);
    goesOn();
    feed.attach(attach.client(), attach.lastSeq());
  }

  /**
   * A client is gone, and waited for.
   *
   * @return whether it was the one that counts
   */
  boolean detach(StreamSession.Detach detach) {
    if (!feed.isFor(detach.client())) {
      return false;
    }
    loseClient();
    return true;
  }

  /** The client does what it may not do now: its socket ends, and it may come back. */
  void refuse(String message) {
    feed.tell(new SessionEvent.Failed(SessionEvent.Code.BAD_REQUEST, message, false));
    hearing.release();
    loseClient();
  }

  private void loseClient() {
    feed.detach();
    timers.startSingleTimer(Idle.NOT_RESUMED, around.settings().resume());
  }

  /** Whether that is the end; else the client may come back still. */
  boolean isOver(Idle idle) {
    return idle == Idle.NOT_RESUMED || feed.hasClient();
  }

  /** Nothing came in time. */
  Behavior<StreamSession.Command> failIdle() {
    return fail(
        new SessionEvent.Failed(
            SessionEvent.Code.IDLE,
            "Nothing came for %d s; send 'keepalive'."
                .formatted(around.settings().idle().toSeconds()),
            true));
  }

  /** Ends because of something that would not be better another time. */
  Behavior<StreamSession.Command> fail(SessionEvent.Code code, String message) {
    return fail(new SessionEvent.Failed(code, message, false));
  }

  /** Ends because the recording cannot be kept. */
  Behavior<StreamSession.Command> failStorage(Logger log, Throwable error) {
    log.error("session {}: its recording cannot be kept", ownership.name(), error);
    return fail(SessionEvent.Failed.internal());
  }

  /** Ends because of something that is wrong. */
  Behavior<StreamSession.Command> fail(SessionEvent.Failed failure) {
    // What is broken here may not be on another node of a cluster.
    ended = failure.code() != SessionEvent.Code.INTERNAL;
    return leave(failure);
  }

  /** Stops here, and leaves everything that has not come to its end to another node. */
  Behavior<StreamSession.Command> leave(SessionEvent last) {
    if (hearing != null) {
      hearing.release();
    }
    feed.tell(last);
    return Behaviors.stopped();
  }

  /** Ends: the client has been told all there is. */
  Behavior<StreamSession.Command> end() {
    ended = true;
    return Behaviors.stopped();
  }

  /** The session has stopped. */
  void stopped(Logger log) {
    around.metrics().closed();
    try {
      if (intake != null) {
        close();
      }
    } catch (IOException e) {
      log.warn("session {}: its recording cannot be closed", ownership.name(), e);
    }
    if (ended) {
      around.ledger().ifPresent(this::forget);
    }
  }

  private void close() throws IOException {
    if (around.ledger().isPresent() && around.settings().recordings().shared().isPresent()) {
      intake.leave(); // it is removed when the ledger has forgotten the session
    } else {
      intake.close();
    }
  }

  private void forget(SessionLedger ledger) {
    // What cannot be removed now is when somebody looks after the folder.
    ledger
        .close(ownership.key(), ownership.epoch())
        .thenAcceptAsync(
            closed -> {
              if (closed) {
                around.settings().recordings().remove(ownership.key(), ownership.segments(0));
              }
            },
            around.storage());
  }
}
