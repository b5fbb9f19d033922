package org.chorale.acoustic;

/**
 * A frame classifier over raw 16 kHz samples whose context is finite: the posteriors of a frame
 * depend on {@link #contextSamples()} samples on either side of it and on nothing else, so that
 * whole files and streams in chunks of any size get the same posteriors. Implementations are
 * thread-safe.
 */
public interface AcousticModel {

  /** Channels that it hears: 1, or 2 for left and right. */
  default int channels() {
    return 1;
  }

  /** Samples from frame to frame. */
  int frameSamples();

  /** Frames come in multiples of this number. */
  int frameMultiple();

  /** Samples that the model must see before the first and after the last frame of a run. */
  int contextSamples();

  /** Number of classes. */
  int classes();

  /** Runs that should be under way at the same time, so that no processor waits; at least 1. */
  default int runsAtATime() {
    return 1;
  }

  /**
   * Log posteriors of a run of frames.
   *
   * @param samples {@code 2 * contextSamples() + frames * frameSamples()} samples in [-1, 1], of
   *     every channel, one channel after the other
   * @return frames x classes, row by row, natural logarithm
   */
  float[] logPosteriors(float[] samples);
}
