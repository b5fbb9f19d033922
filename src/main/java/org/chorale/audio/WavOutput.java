package org.chorale.audio;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A mono 16-bit WAV as it is made. A file has its lengths put in at the end; a stream says that
 * they are not known. Not thread-safe.
 */
public final class WavOutput implements SpeechOutput {

  private static final int HEADER_BYTES = 44;
  private static final long MOST_BYTES = 0xFFFFFFFFL - HEADER_BYTES;

  private final OutputStream out;
  private final Path file;
  private final boolean closes;
  private final int sampleRate;
  private long dataBytes;

  private WavOutput(OutputStream out, Path file, boolean closes, int sampleRate)
      throws IOException {
    this.out = new BufferedOutputStream(out, 1 << 15);
    this.file = file;
    this.closes = closes;
    this.sampleRate = sampleRate;
    this.out.write(header(MOST_BYTES));
  }

  /** A WAV file. */
  static WavOutput to(Path file, int sampleRate) throws IOException {
    return new WavOutput(java.nio.file.Files.newOutputStream(file), file, true, sampleRate);
  }

  /**
   * A WAV of unknown length on a stream, which stays open.
   *
   * @param sampleRate Hz
   * @throws IOException when the stream cannot be written
   */
  public static WavOutput to(OutputStream stream, int sampleRate) throws IOException {
    return new WavOutput(stream, null, false, sampleRate);
  }

  private byte[] header(long bytes) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(new byte[] {'R', 'I', 'F', 'F'}).putInt((int) (bytes + HEADER_BYTES - 8));
    header.put(new byte[] {'W', 'A', 'V', 'E', 'f', 'm', 't', ' '}).putInt(16);
    header.putShort((short) 1).putShort((short) 1).putInt(sampleRate).putInt(2 * sampleRate);
    header.putShort((short) 2).putShort((short) 16);
    header.put(new byte[] {'d', 'a', 't', 'a'}).putInt((int) bytes);
    return header.array();
  }

  @Override
  public void write(float[] samples) throws IOException {
    byte[] bytes = Pcm16.bytes(samples);
    out.write(bytes);
    dataBytes += bytes.length;
    if (file == null) {
      out.flush(); // somebody listens
    }
  }

  @Override
  public void finish() throws IOException {
    out.flush();
    if (file != null) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        ByteBuffer header = ByteBuffer.wrap(header(Math.min(dataBytes, MOST_BYTES)));
        while (header.hasRemaining()) {
          channel.write(header, header.position());
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (closes) {
      out.close();
    }
  }
}
