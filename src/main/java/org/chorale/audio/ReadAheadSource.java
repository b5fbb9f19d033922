package org.chorale.audio;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Decodes on a thread of its own, a few seconds ahead of the reader, so that decoding and inference
 * overlap. Read by one thread.
 */
public final class ReadAheadSource implements AudioSource {

  private static final int BLOCK_SAMPLES = SAMPLE_RATE;
  private static final int BLOCKS = 8;

  @SuppressWarnings("ArrayRecordComponent") // handed from thread to thread, never compared
  private record Block(float[] samples, int length, AudioException error) {}

  private final AudioSource source;
  private final BlockingQueue<Block> queue = new ArrayBlockingQueue<>(BLOCKS);
  private final Thread decoder;
  private Block current = new Block(new float[0], 0, null);
  private int position;
  private volatile boolean closed;

  /** Starts to decode; takes over the source and closes it. */
  public ReadAheadSource(AudioSource source) {
    this.source = source;
    this.decoder = new Thread(this::decode, "decode");
    decoder.setDaemon(true);
    decoder.start();
  }

  private void decode() {
    try {
      while (!closed) {
        queue.put(next());
      }
    } catch (InterruptedException e) {
      // closed: nobody reads on
    }
  }

  private Block next() {
    float[] samples = new float[BLOCK_SAMPLES];
    try {
      int filled = 0;
      while (filled < samples.length) {
        int count = source.read(samples, filled, samples.length - filled);
        if (count < 0) {
          return end(samples, filled, null);
        }
        filled += count;
      }
      return new Block(samples, filled, null);
    } catch (AudioException e) {
      return end(samples, 0, e);
    } catch (RuntimeException | Error e) {
      return end(
          samples,
          0,
          new AudioException("'%s' cannot be decoded (%s).".formatted(source.info().path(), e), e));
    }
  }

  private Block end(float[] samples, int filled, AudioException error) {
    closed = true;
    return new Block(samples, filled == 0 && error == null ? -1 : filled, error);
  }

  @Override
  public int read(float[] buffer, int offset, int length) throws AudioException {
    while (position >= current.length()) {
      if (current.length() < 0 || (closed && queue.isEmpty() && !decoder.isAlive())) {
        return -1;
      }
      try {
        Block next = queue.poll(50, TimeUnit.MILLISECONDS);
        if (next == null) {
          continue;
        }
        current = next;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AudioException("Decoding '%s' was interrupted.".formatted(info().path()), e);
      }
      position = 0;
      if (current.error() != null) {
        AudioException error = current.error();
        current = new Block(current.samples(), -1, null);
        throw error;
      }
    }
    int count = Math.min(length, current.length() - position);
    System.arraycopy(current.samples(), position, buffer, offset, count);
    position += count;
    return count;
  }

  @Override
  public int channels() {
    return source.channels();
  }

  @Override
  public AudioInfo info() {
    return source.info();
  }

  @Override
  public void close() {
    closed = true;
    decoder.interrupt();
    try {
      // The native decoder must not be freed under the thread that uses it.
      decoder.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    source.close();
  }
}
