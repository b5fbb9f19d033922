package org.chorale.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
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

  private final Origin origin;
  private final long originSamples;

  /** Frames that only warm the model up, and how many of them are still to come. */
  private final int warmFrames;

  private int warmLeft;
  private double lastEndSeconds;

  /**
   * Where a stream is taken up whose beginning somebody else has heard.
   *
   * @param offsetSeconds where its first sample lies
   * @param fromSeconds from where on words are looked for; what lies before warms the model up
   * @param word the word to go on from
   * @param told words that were told, and are not told again
   * @param lastEndSeconds end of the last of them
   */
  public record Origin(
      double offsetSeconds, double fromSeconds, int word, BitSet told, double lastEndSeconds) {

    /** The beginning of the stream and of its text. */
    public static Origin beginning() {
      return new Origin(0, 0, 0, new BitSet(), 0);
    }
  }

  TextStream(OnlineAcousticModel model, OnlineAligner aligner, Origin origin) {
    this.model = model;
    this.origin = origin;
    this.originSamples = Math.round(origin.offsetSeconds() * AudioSource.SAMPLE_RATE);
    this.warmFrames =
        (int)
            Math.round(
                (origin.fromSeconds() - origin.offsetSeconds())
                    * AudioSource.SAMPLE_RATE
                    / model.frameSamples());
    this.warmLeft = warmFrames;
    this.lastEndSeconds = origin.lastEndSeconds();
    if (origin.word() > 0) {
      aligner.seek(origin.word());
    }
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

  /** Samples up to the last one added, with those before the origin. */
  public long samples() {
    return originSamples + steps.samples();
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
    return (originSamples + Math.min(heardSamples, steps.samples()))
        / (double) AudioSource.SAMPLE_RATE;
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
    int given = logPosteriors.length / classes;
    int warm = Math.min(warmLeft, given);
    warmLeft -= warm;
    float[] fresh =
        warm == 0
            ? logPosteriors
            : Arrays.copyOfRange(logPosteriors, warm * classes, logPosteriors.length);
    long room = Math.max(0, frames - warmFrames - aligner.frames());
    List<OnlineEvent> events =
        new ArrayList<>(aligner.accept(fresh, (int) Math.min(room, given - warm)));
    if (isDone() && !settled) {
      settled = true;
      events.addAll(aligner.settle());
    }
    return placed(events);
  }

  /** Makes everything heard so far final. */
  public List<OnlineEvent> settle() {
    return placed(aligner.settle());
  }

  /** Goes on at a word. */
  public List<OnlineEvent> seek(int word) {
    return placed(aligner.seek(word));
  }

  /** The aligner's events, whose times count from the first frame that it was given. */
  private List<OnlineEvent> placed(List<OnlineEvent> events) {
    double shift =
        origin.offsetSeconds()
            + warmFrames * (double) model.frameSamples() / AudioSource.SAMPLE_RATE;
    if (shift == 0 && origin.told().isEmpty()) {
      return events;
    }
    List<OnlineEvent> out = new ArrayList<>();
    for (OnlineEvent event : events) {
      if (event instanceof OnlineEvent.Cursor cursor) {
        out.add(new OnlineEvent.Cursor(cursor.word(), cursor.startSeconds() + shift));
      } else if (event instanceof OnlineEvent.Final word && !origin.told().get(word.word())) {
        double start = Math.max(lastEndSeconds, word.startSeconds() + shift);
        lastEndSeconds = Math.max(start, word.endSeconds() + shift);
        out.add(new OnlineEvent.Final(word.word(), start, lastEndSeconds, word.confidence()));
      }
    }
    return out;
  }
}
