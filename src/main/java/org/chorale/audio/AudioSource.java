package org.chorale.audio;

import java.io.Closeable;

/**
 * A recording as a stream of mono 16 kHz samples in [-1, 1]. Sample zero is the first decoded
 * sample, encoder delay removed. Not thread-safe; read by one thread at a time.
 */
public interface AudioSource extends Closeable {

  /** Sample rate of every source, Hz. */
  int SAMPLE_RATE = 16_000;

  /**
   * Reads up to {@code length} samples into {@code buffer} from {@code offset}.
   *
   * @return the number read, at least 1, or -1 at the end
   * @throws AudioException when the stream cannot be decoded
   */
  int read(float[] buffer, int offset, int length) throws AudioException;

  /** What is known of the file itself: path, original sample rate and channels. */
  AudioInfo info();

  @Override
  void close();
}
