package org.chorale.audio;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Decodes Opus in Ogg or WebM, as browsers record it, while its bytes come: to 16 kHz samples, mono
 * or stereo. FFmpeg asks for bytes and waits for them, so every such stream has a thread of its
 * own, which ends with the stream or with {@link #close}. Bytes may be given by one thread.
 */
public final class ContainerStream implements Closeable {

  private static final int BLOCK_SAMPLES = 1_600;

  private final Pipe pipe = new Pipe();
  private final String name;
  private final int channels;
  private final Listener listener;

  /** Is told what becomes of the bytes, on the stream's thread. */
  public interface Listener {

    /** Samples, with the channels in turn; the array is the listener's. */
    void decoded(float[] samples);

    /** All bytes have been decoded; the last call. */
    void ended();

    /** The bytes cannot be decoded; the last call. */
    void failed(AudioException error);
  }

  /**
   * Begins a stream.
   *
   * @param name how errors call it
   * @param channels 1 for a mono mix, 2 for left and right
   */
  public ContainerStream(String name, int channels, Listener listener) {
    this.name = name;
    this.channels = channels;
    this.listener = listener;
    Thread thread = new Thread(this::decode, "decode-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Gives bytes; does not wait. The caller sees to it that they are not too many. */
  public void accept(byte[] bytes) {
    pipe.add(bytes);
  }

  /** Bytes given that FFmpeg has not asked for yet. */
  public int waitingBytes() {
    return pipe.waitingBytes();
  }

  /** No more bytes come. */
  public void end() {
    pipe.end();
  }

  /** Gives up: the listener hears no more than what is under way. */
  @Override
  public void close() {
    pipe.abandon();
  }

  private void decode() {
    try (FfmpegDecoder decoder = FfmpegDecoder.open(pipe, name, channels)) {
      float[] block = new float[BLOCK_SAMPLES * channels];
      int count;
      while ((count = decoder.read(block, 0, block.length)) >= 0) {
        if (pipe.isAbandoned()) {
          return;
        }
        float[] samples = new float[count];
        System.arraycopy(block, 0, samples, 0, count);
        listener.decoded(samples);
      }
      listener.ended();
    } catch (AudioException e) {
      if (!pipe.isAbandoned()) {
        listener.failed(e);
      }
    } catch (RuntimeException e) {
      listener.failed(
          new AudioException("'%s' cannot be decoded; send PCM instead.".formatted(name), e));
    }
  }

  /** Blocks in a queue; reading waits for the next one. */
  private static final class Pipe extends InputStream {

    private final Deque<byte[]> blocks = new ArrayDeque<>();
    private int from;
    private int waiting;
    private boolean ended;
    private boolean abandoned;

    synchronized void add(byte[] bytes) {
      if (!ended && bytes.length > 0) {
        blocks.add(bytes);
        waiting += bytes.length;
        notifyAll();
      }
    }

    synchronized void end() {
      ended = true;
      notifyAll();
    }

    synchronized void abandon() {
      abandoned = true;
      ended = true;
      blocks.clear();
      waiting = 0;
      notifyAll();
    }

    synchronized boolean isAbandoned() {
      return abandoned;
    }

    synchronized int waitingBytes() {
      return waiting;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) throws IOException {
      while (blocks.isEmpty()) {
        if (ended) {
          return -1;
        }
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
      }
      byte[] block = blocks.peek();
      int count = Math.min(length, block.length - from);
      System.arraycopy(block, from, target, offset, count);
      from += count;
      waiting -= count;
      if (from == block.length) {
        blocks.remove();
        from = 0;
      }
      return count;
    }
  }
}
