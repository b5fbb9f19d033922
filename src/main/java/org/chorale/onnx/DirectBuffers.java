package org.chorale.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Memory outside the heap that runs of a session lend and give back. The JVM frees such memory only
 * when it collects the objects that stand for it, and those are so small that in a heap with room
 * they are not collected for hours: made anew for every run, hundreds of megabytes of inputs pile
 * up behind them. As many buffers of a size are kept as were ever in use at the same time.
 * Thread-safe.
 */
final class DirectBuffers {

  private static final int LEAST_BYTES = 1 << 12;

  /** What is larger than this is rare, and not kept. */
  private static final int MOST_BYTES = 1 << 28;

  /** Buffers that nobody uses, by the logarithm of their size. */
  private final Queue<ByteBuffer>[] free;

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  DirectBuffers() {
    free = new Queue[Integer.SIZE];
    for (int i = 0; i < free.length; i++) {
      free[i] = new ConcurrentLinkedQueue<>();
    }
  }

  /**
   * Lends a buffer in the byte order of the machine.
   *
   * @param bytes its limit, at least 0; it may hold up to twice as many
   */
  ByteBuffer lend(int bytes) {
    if (bytes > MOST_BYTES) {
      return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    int capacity = bytes <= LEAST_BYTES ? LEAST_BYTES : Integer.highestOneBit(bytes - 1) << 1;
    ByteBuffer buffer = free[Integer.numberOfTrailingZeros(capacity)].poll();
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
    }
    return buffer.clear().limit(bytes);
  }

  /** Takes back what was lent, once nothing reads it any more. */
  void giveBack(ByteBuffer buffer) {
    if (buffer.capacity() <= MOST_BYTES) {
      free[Integer.numberOfTrailingZeros(buffer.capacity())].add(buffer);
    }
  }
}
