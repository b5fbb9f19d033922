package org.chorale.audio;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Samples of a stream, written down as they come to a WAV file that is whole after {@link #finish}
 * and gone after {@link #close}. Not thread-safe.
 */
public final class WavRecording implements Closeable {

  /** Bytes of the header, behind which the samples lie. */
  public static final int HEADER_BYTES = 44;

  /** Sizes in the header have 32 bits. */
  private static final long MOST_BYTES = 0xFFFF_FFFFL - HEADER_BYTES;

  private static final int BUFFER_BYTES = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final ByteBuffer buffer;
  private final PcmEncoding encoding;
  private final int sampleRate;
  private final int channels;
  private long bytes;

  /**
   * Begins a file.
   *
   * @param folder where it goes
   * @throws IOException when the disk has no room
   */
  public WavRecording(Path folder, PcmEncoding encoding, int sampleRate, int channels)
      throws IOException {
    this(encoding, sampleRate, channels, Files.createTempFile(folder, "chorale-", ".wav"));
  }

  private WavRecording(PcmEncoding encoding, int sampleRate, int channels, Path file)
      throws IOException {
    this.encoding = encoding;
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.file = file;
    this.buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    channel = FileChannel.open(file, StandardOpenOption.WRITE);
    buffer.put(new byte[HEADER_BYTES]);
  }

  /**
   * Begins a file of a given name, which only this user reads.
   *
   * @throws IOException when it is there already, or the disk has no room
   */
  public static WavRecording named(Path file, PcmEncoding encoding, int sampleRate, int channels)
      throws IOException {
    FileAttribute<?>[] mine =
        file.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return new WavRecording(encoding, sampleRate, channels, Files.createFile(file, mine));
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /**
   * Appends samples as they are written.
   *
   * @throws IOException when the disk has no room, or the file would be larger than a WAV can be
   */
  public void add(byte[] samples) throws IOException {
    if (bytes + samples.length > MOST_BYTES) {
      throw new IOException("A recording of more than 4 GiB does not fit into a WAV file.");
    }
    bytes += samples.length;
    int from = 0;
    while (from < samples.length) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int count = Math.min(buffer.remaining(), samples.length - from);
      buffer.put(samples, from, count);
      from += count;
    }
  }

  /** Appends samples; the encoding must be {@link PcmEncoding#F32LE}. */
  public void add(float[] samples) throws IOException {
    ByteBuffer raw = ByteBuffer.allocate(4 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(samples);
    add(raw.array());
  }

  /** Gives all samples so far to the operating system. */
  public void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  /** Writes the header; nothing may follow. A sample that has begun and not ended is cut off. */
  public void finish() throws IOException {
    flush();
    int frameBytes = encoding.bytes() * channels;
    long whole = bytes - bytes % frameBytes;
    channel.truncate(HEADER_BYTES + whole);
    buffer.put("RIFF".getBytes(StandardCharsets.US_ASCII));
    buffer.putInt((int) (HEADER_BYTES - 8 + whole));
    buffer.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII));
    buffer.putInt(16).putShort((short) encoding.wavTag()).putShort((short) channels);
    buffer.putInt(sampleRate).putInt(sampleRate * frameBytes);
    buffer.putShort((short) frameBytes).putShort((short) (8 * encoding.bytes()));
    buffer.put("data".getBytes(StandardCharsets.US_ASCII));
    buffer.putInt((int) whole);
    buffer.flip();
    channel.write(buffer, 0);
    channel.close();
  }

  /**
   * Has what was flushed written to the storage itself, so that it outlives the machine. May be
   * called by another thread than the one that adds.
   */
  public void force() throws IOException {
    channel.force(false);
  }

  /** Writes no more and leaves the file as it is. */
  public void leave() throws IOException {
    channel.close();
  }

  /** Removes the file. */
  @Override
  public void close() {
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      file.toFile().deleteOnExit();
    }
  }
}
