package org.chorale.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Finds truncated Ogg files (Vorbis, Opus, ...): their last page is not whole. A missing mark of
 * the end is no sign, because recordings of live streams have none.
 */
final class OggPages {

  private static final int HEADER_BYTES = 27;
  private static final int LONGEST_PAGE = HEADER_BYTES + 255 + 255 * 255;
  private static final int MAGIC = 0x4F676753; // OggS

  private OggPages() {}

  /**
   * Checks that the last page of an Ogg file is whole; other files pass.
   *
   * @throws AudioException when it is not
   */
  static void checkLength(FileChannel channel, String name) throws IOException {
    long size = channel.size();
    if (size < HEADER_BYTES
        || FileBytes.read(channel, 0, 4, ByteOrder.BIG_ENDIAN).getInt(0) != MAGIC) {
      return;
    }
    int length = (int) Math.min(size, LONGEST_PAGE);
    ByteBuffer end = FileBytes.read(channel, size - length, length, ByteOrder.BIG_ENDIAN);
    int page = length - 4;
    while (page >= 0 && end.getInt(page) != MAGIC) {
      page--;
    }
    if (page < 0 || page + bytesOf(end, page) > length) {
      throw new AudioException(
          "'%s' is cut short: it ends within a page; get a whole copy of it.".formatted(name));
    }
  }

  private static int bytesOf(ByteBuffer end, int page) {
    if (page + HEADER_BYTES > end.capacity()) {
      return HEADER_BYTES;
    }
    int segments = end.get(page + 26) & 0xFF;
    int bytes = HEADER_BYTES + segments;
    for (int k = 0; k < segments && page + HEADER_BYTES + k < end.capacity(); k++) {
      bytes += end.get(page + HEADER_BYTES + k) & 0xFF;
    }
    return bytes;
  }
}
