package org.chorale.acoustic;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts a stream of samples, in blocks of any size, into the windows that a model wants: a run of
 * frames with its context. Before the first sample and after the last lies silence. Memory is one
 * window. Not thread-safe.
 */
final class SampleWindows {

  /** The last run is a multiple of so many frames: no model has to run on every length. */
  private static final int LAST_RUN_STEP = 200;

  private final AcousticModel model;
  private final Consumer<float[]> sink;
  private final int channels;
  private final int runSamples;

  /** Samples of a channel in the window. */
  private final int windowSamples;

  /** Channel after channel. */
  private final float[] window;

  private int filled;

  /** Channel of the next sample. */
  private int channel;

  private long samplesIn;
  private long framesOut;

  /**
   * Windows for a model.
   *
   * @param runFrames frames a run, a multiple of {@link AcousticModel#frameMultiple()}
   * @param sink gets every window, channel after channel; the array is used again afterwards
   */
  SampleWindows(AcousticModel model, int runFrames, Consumer<float[]> sink) {
    if (runFrames <= 0 || runFrames % model.frameMultiple() != 0) {
      throw new IllegalArgumentException(
          "%d frames a run is not a multiple of %d".formatted(runFrames, model.frameMultiple()));
    }
    this.model = model;
    this.sink = sink;
    this.channels = model.channels();
    this.runSamples = runFrames * model.frameSamples();
    this.windowSamples = runSamples + 2 * model.contextSamples();
    this.window = new float[channels * windowSamples];
    this.filled = model.contextSamples();
  }

  /** Samples of each channel taken in so far. */
  long samplesIn() {
    return samplesIn;
  }

  /**
   * Takes in samples and hands on the windows that they fill.
   *
   * @param samples the model's channels in turn; blocks may begin and end with any channel
   */
  void accept(float[] samples, int offset, int length) {
    if (channels == 1) {
      acceptMono(samples, offset, length);
      return;
    }
    for (int i = offset; i < offset + length; i++) {
      window[channel * windowSamples + filled] = samples[i];
      channel++;
      if (channel == channels) {
        channel = 0;
        samplesIn++;
        filled++;
        if (filled == windowSamples) {
          run();
        }
      }
    }
  }

  private void acceptMono(float[] samples, int offset, int length) {
    samplesIn += length;
    int from = offset;
    int left = length;
    while (left > 0) {
      int count = Math.min(left, windowSamples - filled);
      System.arraycopy(samples, from, window, filled, count);
      filled += count;
      from += count;
      left -= count;
      if (filled == windowSamples) {
        run();
      }
    }
  }

  /**
   * Ends the stream: hands on what remains, filled up with silence. The last window has fewer
   * frames than the others where these are enough: most recordings are short.
   *
   * @return number of frames that hold at least half a frame of the stream
   */
  long finish() {
    long frames = (samplesIn + model.frameSamples() / 2) / model.frameSamples();
    int multiple = model.frameMultiple();
    int step = multiple * Math.max(1, LAST_RUN_STEP / multiple);
    while (framesOut < frames) {
      for (int c = 0; c < channels; c++) {
        Arrays.fill(window, c * windowSamples + filled, (c + 1) * windowSamples, 0f);
      }
      filled = windowSamples;
      long left = (frames - framesOut + step - 1) / step * step;
      if (left * model.frameSamples() < runSamples) {
        sink.accept(beginning((int) left));
        framesOut = frames;
      } else {
        run();
      }
    }
    return frames;
  }

  /** The first frames of the window and their context. */
  private float[] beginning(int frames) {
    int length = frames * model.frameSamples() + 2 * model.contextSamples();
    float[] out = new float[channels * length];
    for (int c = 0; c < channels; c++) {
      System.arraycopy(window, c * windowSamples, out, c * length, length);
    }
    return out;
  }

  private void run() {
    sink.accept(window);
    framesOut += runSamples / model.frameSamples();
    filled = windowSamples - runSamples;
    for (int c = 0; c < channels; c++) {
      System.arraycopy(window, c * windowSamples + runSamples, window, c * windowSamples, filled);
    }
  }
}
