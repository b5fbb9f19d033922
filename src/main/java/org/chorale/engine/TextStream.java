package org.chorale.engine;

import java.util.ArrayList;
import java.util.List;
import org.chorale.acoustic.OnlineAcousticModel;
import org.chorale.acoustic.SampleSteps;
import org.chorale.audio.AudioSource;
import org.chorale.follow.OnlineAligner;
import org.chorale.follow.OnlineEvent;

/**
 * One stream and its text: cuts samples into the steps of the low-latency model, and gives what
 * comes of them to the aligner. Who runs the model, and with how many streams at a time, is for the
 * caller to decide. Not thread-safe.
 *
 * @see TextFollower#open
 */
public final class TextStream {

  /** Steps that go through the model as one, a power of two. */
  private static final int MOST_STEPS = 8;

  private final OnlineAcousticModel model;
  private final OnlineAcousticModel.Stream state;
  private final SampleSteps steps;
  private final OnlineAligner aligner;
  private long steppedSamples;
  private long heardSamples;

  /** Frames that belong to the stream; known at its end. */
  private long frames = Long.MAX_VALUE;

  private boolean settled;

  TextStream(OnlineAcousticModel model, OnlineAligner aligner) {
    this.model = model;
    this.state = model.stream();
    this.steps = new SampleSteps(model.stepSamples());
    this.aligner = aligner;
  }

  /** What the model remembers of this stream. */
  public OnlineAcousticModel.Stream state() {
    return state;
  }

  /** Adds samples, mono, 16 kHz, in [-1, 1]. */
  public void add(float[] samples, int offset, int length) {
    if (frames != Long.MAX_VALUE) {
      throw new IllegalStateException("the stream has ended");
    }
    steps.add(samples, offset, length);
  }

  /** No more samples come. What is left of them is in steps now. */
  public void end() {
    int frame = model.frameSamples();
    frames = (steps.samples() + frame / 2) / frame;
    steps.addSilence(model.lookAheadFrames() * frame);
  }

  /** Samples added so far. */
  public long samples() {
    return steps.samples();
  }

  /** Whole steps that wait for the model. */
  public int waiting() {
    return steps.waiting();
  }

  /**
   * The samples of the next steps, which go through the model as one: as many as wait, so that a
   * machine that is behind works in larger pieces.
   *
   * @return null when none waits
   */
  public float[] nextStep() {
    float[] samples = steps.next(MOST_STEPS);
    steppedSamples += samples == null ? 0 : samples.length;
    return samples;
  }

  /** Seconds of the stream that went through the model. */
  public double heardSeconds() {
    return Math.min(heardSamples, steps.samples()) / (double) AudioSource.SAMPLE_RATE;
  }

  /** Whether the stream has ended and nothing of it waits. */
  public boolean isDone() {
    return frames != Long.MAX_VALUE && steps.waiting() == 0;
  }

  /**
   * Goes on by what came of a step.
   *
   * @param logPosteriors frames x classes
   */
  public List<OnlineEvent> heard(float[] logPosteriors) {
    heardSamples = steppedSamples;
    int classes = model.phones().symbols().size();
    long room = frames - aligner.frames();
    int count = (int) Math.min(room, logPosteriors.length / classes);
    List<OnlineEvent> events = new ArrayList<>(aligner.accept(logPosteriors, count));
    if (isDone() && !settled) {
      settled = true;
      events.addAll(aligner.settle());
    }
    return events;
  }

  /** Makes everything heard so far final. */
  public List<OnlineEvent> settle() {
    return aligner.settle();
  }

  /** Goes on at a word. */
  public List<OnlineEvent> seek(int word) {
    return aligner.seek(word);
  }
}
