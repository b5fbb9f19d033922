package org.chorale.acoustic;

import java.util.Arrays;
import java.util.function.ObjIntConsumer;

/**
 * Turns a stream of samples, in blocks of any size, into log posteriors. Before the first sample
 * and after the last lies silence. Runs of frames have a fixed length whatever the blocks were, so
 * any chunking gives the same posteriors to the last bit. Memory is one run and its context. Not
 * thread-safe.
 */
public final class OnlineEmissions {

  private final AcousticModel model;
  private final ObjIntConsumer<float[]> sink;
  private final int runSamples;
  private final float[] window;
  private int filled;
  private long samplesIn;
  private long framesOut;

  /**
   * A stream.
   *
   * @param model the acoustic model
   * @param runFrames frames a run, a multiple of {@link AcousticModel#frameMultiple()}; more
   *     look-ahead for less work on context
   * @param sink receives log posteriors (frames x classes) and the number of frames
   */
  public OnlineEmissions(AcousticModel model, int runFrames, ObjIntConsumer<float[]> sink) {
    if (runFrames <= 0 || runFrames % model.frameMultiple() != 0) {
      throw new IllegalArgumentException(
          "%d frames a run is not a multiple of %d".formatted(runFrames, model.frameMultiple()));
    }
    this.model = model;
    this.sink = sink;
    this.runSamples = runFrames * model.frameSamples();
    this.window = new float[runSamples + 2 * model.contextSamples()];
    this.filled = model.contextSamples();
  }

  /** Samples taken in so far. */
  public long samplesIn() {
    return samplesIn;
  }

  /** Takes in samples and emits whatever frames have their context. */
  public void accept(float[] samples, int offset, int length) {
    samplesIn += length;
    int from = offset;
    int left = length;
    while (left > 0) {
      int count = Math.min(left, window.length - filled);
      System.arraycopy(samples, from, window, filled, count);
      filled += count;
      from += count;
      left -= count;
      if (filled == window.length) {
        run();
      }
    }
  }

  /**
   * Ends the stream: emits the frames that remain, the last of them filled up with silence.
   *
   * @return number of frames that hold at least half a frame of the stream
   */
  public long finish() {
    long frames = (samplesIn + model.frameSamples() / 2) / model.frameSamples();
    while (framesOut < frames) {
      Arrays.fill(window, filled, window.length, 0f);
      filled = window.length;
      run();
    }
    return frames;
  }

  private void run() {
    float[] posteriors = model.logPosteriors(window);
    int frames = runSamples / model.frameSamples();
    sink.accept(posteriors, frames);
    framesOut += frames;
    System.arraycopy(window, runSamples, window, 0, window.length - runSamples);
    filled = window.length - runSamples;
  }
}
