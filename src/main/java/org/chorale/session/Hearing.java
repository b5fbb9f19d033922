package org.chorale.session;

import akka.actor.typed.ActorRef;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.chorale.audio.AudioSource;
import org.chorale.engine.TextStream;
import org.chorale.follow.OnlineEvent;

/**
 * Brings a session's audio to the model, a step at a time, and what the client asked for behind the
 * audio that it said before. Who sends audio is held back while too much of it waits. Not
 * thread-safe.
 */
final class Hearing {

  /** Bytes of Opus ahead of its decoder: some seconds. */
  private static final int CONTAINER_BYTES = 256 * 1024;

  private final AudioIntake intake;
  private final TextStream stream;
  private final ActorRef<InferenceRouter.Command> router;
  private final ActorRef<InferenceRouter.Outcome> outcomes;
  private final double bufferedSeconds;
  private final SessionMetrics metrics;
  private final Deque<ActorRef<StreamSession.Room>> heldBack = new ArrayDeque<>();

  /** What the client asked for, behind the audio that waits for the model. */
  private final Deque<Runnable> controls = new ArrayDeque<>();

  private boolean stepping;
  private boolean finishing;
  private long arrivedNanos;

  /**
   * Hears from the first sample on.
   *
   * @param stream the text and what was heard of it
   * @param router brings steps to the model
   * @param outcomes told what became of them, to be given to {@link #heard}
   * @param bufferedSeconds audio that may wait
   */
  Hearing(
      AudioIntake intake,
      TextStream stream,
      ActorRef<InferenceRouter.Command> router,
      ActorRef<InferenceRouter.Outcome> outcomes,
      double bufferedSeconds,
      SessionMetrics metrics) {
    this.intake = intake;
    this.stream = stream;
    this.router = router;
    this.outcomes = outcomes;
    this.bufferedSeconds = bufferedSeconds;
    this.metrics = metrics;
  }

  /** Takes in audio as it came. */
  void accept(byte[] bytes) throws IOException {
    arrivedNanos = System.nanoTime();
    add(intake.accept(bytes));
  }

  /** Takes in what a container gave. */
  void decoded(float[] samples) throws IOException {
    add(intake.keep(samples));
  }

  /** Hears again what another node wrote down; before any other audio. */
  void rehear(byte[] written) throws IOException {
    arrivedNanos = System.nanoTime();
    add(intake.rehear(written));
  }

  private void add(float[] samples) {
    stream.add(samples, 0, samples.length);
    step();
  }

  private void step() {
    if (stepping) {
      return;
    }
    float[] samples = stream.nextStep();
    if (samples != null) {
      stepping = true;
      router.tell(new InferenceRouter.Step(stream.state(), samples, outcomes));
    }
  }

  /** A step came back; {@link #goOn} when its events have been seen to. */
  List<OnlineEvent> heard(InferenceRouter.Posteriors posteriors) {
    stepping = false;
    return stream.heard(posteriors.logPosteriors());
  }

  /** Goes on with the next step, and with what was asked for behind the last one. */
  void goOn() {
    if (stream.waiting() == 0) {
      metrics.answered((System.nanoTime() - arrivedNanos) / 1e9);
    }
    step();
    doControls();
    answerRoom();
  }

  /** Does something after the audio that came before it. */
  void whenHeard(Runnable control) {
    controls.add(control);
    doControls();
  }

  private void doControls() {
    while (!stepping && stream.waiting() == 0 && !controls.isEmpty()) {
      controls.poll().run();
    }
  }

  /** Goes on at a word of the text. */
  List<OnlineEvent> seek(int word) {
    return stream.seek(word);
  }

  /** Makes final what was heard. */
  List<OnlineEvent> settle() {
    return stream.settle();
  }

  /** No more audio comes, but for what a container's decoder still holds. */
  void finish() throws IOException {
    finishing = true;
    float[] last = intake.end();
    if (!intake.isContainer()) { // whose decoder says when it is through
      add(last);
      end();
    }
  }

  /** All audio is here. */
  void end() {
    stream.end();
    step();
  }

  /** Whether no more audio comes. */
  boolean isFinishing() {
    return finishing;
  }

  /** Whether it is not the client who is behind: it has said it all, or the model works. */
  boolean isBusy() {
    return finishing || stepping;
  }

  /** Whether all was heard. */
  boolean isDone() {
    return finishing && !stepping && stream.isDone();
  }

  /** Audio that went through the model, seconds. */
  double heardSeconds() {
    return stream.heardSeconds();
  }

  // Room.

  /** Somebody wants to know when there is room for more audio. */
  void awaitRoom(ActorRef<StreamSession.Room> sender) {
    heldBack.add(sender);
    answerRoom();
  }

  /** Tells those who are held back if there is room. */
  void answerRoom() {
    double waiting = stream.samples() / (double) AudioSource.SAMPLE_RATE - stream.heardSeconds();
    if (waiting < bufferedSeconds && intake.waitingBytes() < CONTAINER_BYTES) {
      release();
    }
  }

  /** Tells those who are held back that nobody is any more. */
  void release() {
    heldBack.forEach(sender -> sender.tell(StreamSession.Room.READY));
    heldBack.clear();
  }

  /** Those who are held back are gone. */
  void forgetSenders() {
    heldBack.clear();
  }
}
