package org.chorale.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Finds truncated mp3 files: most encoders write a first frame that says how many bytes there are
 * (the Xing or Info tag), and FFmpeg silently takes what is left of them.
 */
final class Mp3Header {

  private static final int SEARCHED_BYTES = 4096;
  private static final int HAS_FRAMES = 1;
  private static final int HAS_BYTES = 2;

  private Mp3Header() {}

  /**
   * Checks that an mp3 file holds as many bytes as its tag says; other files pass, and files
   * without a tag.
   *
   * @throws AudioException when more than two in a hundred are missing
   */
  static void checkLength(FileChannel channel, String name) throws IOException {
    long start = 0;
    ByteBuffer head = FileBytes.read(channel, 0, 10, ByteOrder.BIG_ENDIAN);
    if (FileBytes.tag(head, 0).startsWith("ID3")) {
      long size = 0;
      for (int k = 6; k < 10; k++) {
        size = size << 7 | head.get(k) & 0x7F;
      }
      start = 10 + size;
    }
    ByteBuffer bytes = FileBytes.read(channel, start, SEARCHED_BYTES, ByteOrder.BIG_ENDIAN);
    int frame = 0;
    while (frame < SEARCHED_BYTES / 2 && !isLayer3(bytes, frame)) {
      frame++;
      if (start == 0 && frame > 0) {
        return; // not an mp3 file: those begin with a frame or with a tag
      }
    }
    boolean first = (bytes.get(frame + 1) >> 3 & 3) == 3; // MPEG-1
    boolean mono = (bytes.get(frame + 3) >> 6 & 3) == 3;
    int tag = frame + 4 + (first ? mono ? 17 : 32 : mono ? 9 : 17);
    String magic = FileBytes.tag(bytes, tag);
    if (!isLayer3(bytes, frame) || !magic.equals("Xing") && !magic.equals("Info")) {
      return;
    }
    int flags = bytes.getInt(tag + 4);
    if ((flags & HAS_BYTES) == 0) {
      return;
    }
    long stated = bytes.getInt(tag + ((flags & HAS_FRAMES) == 0 ? 8 : 12)) & 0xFFFF_FFFFL;
    long present = channel.size() - start - frame;
    if (present * 100 < stated * 98) {
      throw new AudioException(
          "'%s' is cut short: %d of its %d bytes are there; get a whole copy of it."
              .formatted(name, present, stated));
    }
  }

  /** Whether a frame of MPEG layer III may begin here. */
  private static boolean isLayer3(ByteBuffer bytes, int at) {
    return bytes.get(at) == (byte) 0xFF && (bytes.get(at + 1) & 0xE6) == 0xE2;
  }
}
