package org.chorale.audio;

import java.io.Closeable;

/**
 * A recording as a stream of 16 kHz samples in [-1, 1], mono or left and right in turn. Sample zero
 * is the first decoded sample, encoder delay removed. Not thread-safe; read by one thread at a
 * time.
 */
public interface AudioSource extends Closeable {

  /** Sample rate of every source, Hz. */
  int SAMPLE_RATE = 16_000;

  /** Channels of the stream: 1, or 2 for left and right in turn. */
  default int channels() {
    return 1;
  }

  /**
   * Reads up to {@code length} samples, those of all channels counted, into {@code buffer} from
   * {@code offset}. A left sample may come without its right one, which the next read gives.
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
