package org.chorale.audio;

import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Gives FFmpeg the bytes of a Java stream as they come. Not thread-safe. */
final class LivePipe implements Closeable {

  private static final int BUFFER_BYTES = 4096;
  private static final byte[] OGG = {'O', 'g', 'g', 'S'};
  private static final byte[] EBML = {0x1A, 0x45, (byte) 0xDF, (byte) 0xA3};

  private final AVInputFormat container;

  /** Kept here, for FFmpeg holds no reference that Java knows of. */
  private final Reader reader;

  private AVIOContext context;

  private LivePipe(AVInputFormat container, InputStream bytes, byte[] head) {
    this.container = container;
    this.reader = new Reader(bytes, head);
    this.context =
        avio_alloc_context(
            new BytePointer(av_malloc(BUFFER_BYTES)), BUFFER_BYTES, 0, null, reader, null, null);
  }

  /**
   * Waits for the first bytes and sees which container they begin.
   *
   * @throws AudioException when they begin none that a browser records to
   */
  static LivePipe open(InputStream bytes, String name) throws AudioException {
    byte[] head;
    try {
      head = bytes.readNBytes(OGG.length);
    } catch (IOException e) {
      throw new AudioException("'%s' cannot be read (%s).".formatted(name, e.getMessage()), e);
    }
    String container =
        Arrays.equals(head, OGG) ? "ogg" : Arrays.equals(head, EBML) ? "matroska" : null;
    if (container == null) {
      throw new AudioException(
          "'%s' is neither Ogg nor WebM; send Opus in one of them, or PCM.".formatted(name));
    }
    return new LivePipe(av_find_input_format(container), bytes, head);
  }

  AVInputFormat container() {
    return container;
  }

  AVIOContext context() {
    return context;
  }

  @Override
  public void close() {
    if (context != null) {
      av_free(context.buffer()); // which FFmpeg may have put into the place of ours
      avio_context_free(context);
      context = null;
    }
    reader.close();
  }

  /** Blocks until there is a byte at least, as FFmpeg asks of a reader. */
  private static final class Reader extends Read_packet_Pointer_BytePointer_int {

    private final transient InputStream bytes;
    private final byte[] head;
    private int headFrom;

    Reader(InputStream bytes, byte[] head) {
      this.bytes = bytes;
      this.head = head;
    }

    @Override
    public int call(Pointer opaque, BytePointer target, int length) {
      if (headFrom < head.length) {
        int count = Math.min(length, head.length - headFrom);
        target.put(head, headFrom, count);
        headFrom += count;
        return count;
      }
      byte[] block = new byte[length];
      try {
        int count = bytes.read(block, 0, length);
        if (count < 0) {
          return AVERROR_EOF;
        }
        target.put(block, 0, count);
        return count;
      } catch (IOException e) {
        return AVERROR_EOF;
      }
    }
  }
}
