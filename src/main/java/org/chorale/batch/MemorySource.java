package org.chorale.batch;

import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;

/** A stretch of a recording that is in memory. Read by one thread. */
final class MemorySource implements AudioSource {

  private final float[] samples;
  private final int length;
  private final int channels;
  private final AudioInfo info;
  private int position;

  /**
   * Samples as a recording; the array is not copied.
   *
   * @param length samples of all channels
   */
  MemorySource(float[] samples, int length, int channels, AudioInfo info) {
    this.samples = samples;
    this.length = length;
    this.channels = channels;
    this.info = info;
  }

  @Override
  public int read(float[] buffer, int offset, int wanted) {
    if (position == length) {
      return -1;
    }
    int count = Math.min(wanted, length - position);
    System.arraycopy(samples, position, buffer, offset, count);
    position += count;
    return count;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public AudioInfo info() {
    return info;
  }

  @Override
  public void close() {}
}
