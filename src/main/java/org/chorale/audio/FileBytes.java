package org.chorale.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** Reads small pieces of a file at given places. */
final class FileBytes {

  private FileBytes() {}

  /** Up to {@code length} bytes; what lies beyond the end of the file is zero. */
  static ByteBuffer read(FileChannel channel, long at, int length, ByteOrder order)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(order);
    while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) > 0) {
      // until it is full or the file ends
    }
    return buffer;
  }

  /** Four characters. */
  static String tag(ByteBuffer buffer, int at) {
    return new String(buffer.array(), at, 4, StandardCharsets.ISO_8859_1);
  }
}
