package org.chorale.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
  static void checkLength(Path file, String name) throws AudioException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < 12 || !tag(read(channel, 0, 12), 0).equals("RIFF")) {
        return;
      }
      long at = 12;
      long bytesPerSecond = 0;
      while (at + 8 <= size) {
        ByteBuffer header = read(channel, at, 8);
        String id = tag(header, 0);
        long length = header.getInt(4) & 0xFFFF_FFFFL;
        if (id.equals("fmt ") && at + 20 <= size) {
          bytesPerSecond = read(channel, at + 8, 12).getInt(8) & 0xFFFF_FFFFL;
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
    } catch (AudioException e) {
      throw e;
    } catch (IOException e) {
      throw new AudioException("'%s' cannot be read (%s).".formatted(name, e.getMessage()), e);
    }
  }

  private static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) > 0) {
      // until it is full or the file ends
    }
    return buffer;
  }

  private static String tag(ByteBuffer buffer, int at) {
    return new String(buffer.array(), at, 4, StandardCharsets.ISO_8859_1);
  }
}
