package org.chorale.audio;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Locale;

/** Finds truncated wav files: FFmpeg silently takes what there is. */
final class WavHeader {

  /** What programs write that stream wav and never learn its length. */
  private static final long UNKNOWN_LENGTH = 0x7FFF_0000L;

  private WavHeader() {}

  /**
   * Checks that a wav file holds as much data as its header says; other files pass.
   *
   * @throws AudioException when the data chunk ends more than half a second early
   */
  static void checkLength(FileChannel channel, String name) throws IOException {
    long size = channel.size();
    if (size < 12
        || !FileBytes.tag(FileBytes.read(channel, 0, 12, LITTLE_ENDIAN), 0).equals("RIFF")) {
      return;
    }
    long at = 12;
    long bytesPerSecond = 0;
    while (at + 8 <= size) {
      ByteBuffer header = FileBytes.read(channel, at, 8, LITTLE_ENDIAN);
      String id = FileBytes.tag(header, 0);
      long length = header.getInt(4) & 0xFFFF_FFFFL;
      if (id.equals("fmt ") && at + 20 <= size) {
        bytesPerSecond =
            FileBytes.read(channel, at + 8, 12, LITTLE_ENDIAN).getInt(8) & 0xFFFF_FFFFL;
      }
      if (id.equals("data")) {
        long present = size - at - 8;
        boolean known = length > 0 && length < UNKNOWN_LENGTH;
        if (known && bytesPerSecond > 0 && length - present > bytesPerSecond / 2) {
          throw new AudioException(
              String.format(
                  Locale.ROOT,
                  "'%s' is cut short: %.1f of its %.1f s are there; get a whole copy of it.",
                  name,
                  present / (double) bytesPerSecond,
                  length / (double) bytesPerSecond));
        }
        return;
      }
      at += 8 + length + (length & 1);
    }
  }
}
