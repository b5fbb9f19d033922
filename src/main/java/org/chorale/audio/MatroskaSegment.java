package org.chorale.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Finds truncated Matroska and WebM files: their one segment says how long it is, unless it was
 * written as a stream (RFC 8794, RFC 9559).
 */
final class MatroskaSegment {

  private static final int EBML = 0x1A45DFA3;
  private static final int SEGMENT = 0x18538067;
  private static final int ID_BYTES = 4;
  private static final long UNKNOWN = -1;

  private MatroskaSegment() {}

  /**
   * Checks that a Matroska file holds its whole segment; other files pass.
   *
   * @throws AudioException when it does not
   */
  static void checkLength(FileChannel channel, String name) throws IOException {
    ByteBuffer head = FileBytes.read(channel, 0, 16, ByteOrder.BIG_ENDIAN);
    if (head.getInt(0) != EBML || size(head) == UNKNOWN) {
      return;
    }
    long at = ID_BYTES + sizeBytes(head) + size(head);
    ByteBuffer segment = FileBytes.read(channel, at, 16, ByteOrder.BIG_ENDIAN);
    if (segment.getInt(0) != SEGMENT || size(segment) == UNKNOWN) {
      return;
    }
    long end = at + ID_BYTES + sizeBytes(segment) + size(segment);
    if (end > channel.size()) {
      throw new AudioException(
          "'%s' is cut short: %d of its %d bytes are there; get a whole copy of it."
              .formatted(name, channel.size(), end));
    }
  }

  /** Length of the size that follows an identifier of four bytes. */
  private static int sizeBytes(ByteBuffer element) {
    return Integer.numberOfLeadingZeros(element.get(ID_BYTES) & 0xFF) - 24 + 1;
  }

  /** The size itself; unknown where all of its bits are ones, or it is no size. */
  private static long size(ByteBuffer element) {
    int bytes = sizeBytes(element);
    if (bytes > 8) {
      return UNKNOWN;
    }
    long ones = (1L << 7 * bytes) - 1;
    long value = 0;
    for (int k = 0; k < bytes; k++) {
      value = value << 8 | element.get(ID_BYTES + k) & 0xFF;
    }
    value &= ones;
    return value == ones ? UNKNOWN : value;
  }
}
