package org.chorale.acoustic;

import java.util.function.ObjIntConsumer;

/**
 * Turns a stream of samples, in blocks of any size, into log posteriors. Before the first sample
 * and after the last lies silence. Where runs begin and end does not depend on the blocks, so any
 * chunking gives the same posteriors to the last bit. Memory is one run and its context. Not
 * thread-safe.
 */
public final class OnlineEmissions {

  private final SampleWindows windows;

  /**
   * A stream.
   *
   * @param model the acoustic model
   * @param runFrames frames a run, a multiple of {@link AcousticModel#frameMultiple()}; more
   *     look-ahead for less work on context
   * @param sink receives log posteriors (frames x classes) and the number of frames
   */
  public OnlineEmissions(AcousticModel model, int runFrames, ObjIntConsumer<float[]> sink) {
    this.windows =
        new SampleWindows(
            model,
            runFrames,
            window -> {
              float[] posteriors = model.logPosteriors(window);
              sink.accept(posteriors, posteriors.length / model.classes());
            });
  }

  /** Samples of each channel taken in so far. */
  public long samplesIn() {
    return windows.samplesIn();
  }

  /**
   * Takes in samples and emits whatever frames have their context.
   *
   * @param samples the model's channels in turn; blocks may begin and end with any channel
   */
  public void accept(float[] samples, int offset, int length) {
    windows.accept(samples, offset, length);
  }

  /**
   * Ends the stream: emits the frames that remain, the last of them filled up with silence.
   *
   * @return number of frames that hold at least half a frame of the stream
   */
  public long finish() {
    return windows.finish();
  }
}
