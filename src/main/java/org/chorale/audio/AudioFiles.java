package org.chorale.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Opens recordings: files of any format FFmpeg reads, pipes and standard input. What cannot be
 * seeked in is copied to a temporary file first, because some containers keep their index at the
 * end. Immutable and thread-safe.
 */
public final class AudioFiles {

  private static final long DEFAULT_SPOOL_BYTES = 16L << 30;

  private final long spoolLimitBytes;

  /** Spools at most 16 GiB. */
  public AudioFiles() {
    this(DEFAULT_SPOOL_BYTES);
  }

  /**
   * Opens recordings.
   *
   * @param spoolLimitBytes the most that is copied from a pipe
   */
  public AudioFiles(long spoolLimitBytes) {
    this.spoolLimitBytes = spoolLimitBytes;
  }

  /**
   * Opens a recording by its name; {@code -} is standard input.
   *
   * @return the source; silence all through and truncation are errors at its end
   * @throws AudioException when there is nothing to decode; the message names the file
   */
  public AudioSource open(String name) throws AudioException {
    return open(name, 1);
  }

  /**
   * Opens a recording by its name; {@code -} is standard input.
   *
   * @param channels 1 for a mono mix, 2 for left and right in turn; a mono recording gives both
   *     alike
   * @return the source; silence all through and truncation are errors at its end
   * @throws AudioException when there is nothing to decode; the message names the file
   */
  public AudioSource open(String name, int channels) throws AudioException {
    if (name.equals("-")) {
      return open(System.in, "standard input", channels);
    }
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      throw new AudioException("'%s' is not a file name.".formatted(name), e);
    }
    if (Files.isDirectory(path)) {
      throw new AudioException("'%s' is a folder; name one recording in it.".formatted(name));
    }
    if (!Files.exists(path)) {
      throw new AudioException("There is no file '%s'; check the name.".formatted(name));
    }
    if (!Files.isReadable(path)) {
      throw new AudioException("'%s' may not be read; check its permissions.".formatted(name));
    }
    if (!Files.isRegularFile(path)) {
      try (InputStream pipe = Files.newInputStream(path)) {
        return open(pipe, name, channels);
      } catch (AudioException e) {
        throw e;
      } catch (IOException e) {
        throw new AudioException("'%s' cannot be read (%s).".formatted(name, e.getMessage()), e);
      }
    }
    return openRegular(path, name, channels);
  }

  /**
   * Opens a file under another name than its own, such as an upload that waits in a temporary file.
   *
   * @param file a regular file
   * @param name how errors and {@link AudioInfo} call it
   * @param channels 1 or 2, as of {@link #open(String, int)}
   */
  public AudioSource open(Path file, String name, int channels) throws AudioException {
    return openRegular(file, name, channels);
  }

  /** Copies a stream to a temporary file and opens that as a mono mix. */
  public AudioSource open(InputStream stream, String name) throws AudioException {
    return open(stream, name, 1);
  }

  /**
   * Copies a stream to a temporary file and opens that.
   *
   * @param stream read to its end, not closed
   * @param name how errors call it
   * @param channels 1 or 2, as of {@link #open(String, int)}
   */
  public AudioSource open(InputStream stream, String name, int channels) throws AudioException {
    Path spool = null;
    try {
      spool = Files.createTempFile("chorale-", ".spool");
      spool.toFile().deleteOnExit(); // for the case that the process is ended
      copy(stream, spool, name);
      return new SpooledSource(openRegular(spool, name, channels), spool);
    } catch (IOException | RuntimeException e) {
      delete(spool);
      if (e instanceof AudioException known) {
        throw known;
      }
      throw new AudioException(
          "'%s' cannot be copied to the temporary folder (%s); see that the disk has room."
              .formatted(name, e.getMessage()),
          e);
    }
  }

  private void copy(InputStream stream, Path spool, String name) throws IOException {
    try (var out = Files.newOutputStream(spool)) {
      byte[] block = new byte[1 << 16];
      long total = 0;
      int count;
      while ((count = stream.read(block)) >= 0) {
        total += count;
        if (total > spoolLimitBytes) {
          throw new AudioException(
              "'%s' is longer than the %d MiB that are copied from a pipe; save it to a file first."
                  .formatted(name, spoolLimitBytes >> 20));
        }
        out.write(block, 0, count);
      }
    }
  }

  private static AudioSource openRegular(Path path, String name, int channels)
      throws AudioException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() == 0) {
        throw new AudioException("'%s' is empty (0 bytes).".formatted(name));
      }
      WavHeader.checkLength(channel, name);
      Mp3Header.checkLength(channel, name);
      OggPages.checkLength(channel, name);
      MatroskaSegment.checkLength(channel, name);
    } catch (AudioException e) {
      throw e;
    } catch (IOException e) {
      throw new AudioException("'%s' cannot be read (%s).".formatted(name, e.getMessage()), e);
    }
    return new AudibleSource(FfmpegDecoder.open(path, name, channels));
  }

  private static void delete(Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        file.toFile().deleteOnExit();
      }
    }
  }

  /** A source on a temporary file, which goes when it is closed. */
  private record SpooledSource(AudioSource source, Path spool) implements AudioSource {
    @Override
    public int read(float[] buffer, int offset, int length) throws AudioException {
      return source.read(buffer, offset, length);
    }

    @Override
    public int channels() {
      return source.channels();
    }

    @Override
    public AudioInfo info() {
      return source.info();
    }

    @Override
    public void close() {
      source.close();
      delete(spool);
    }
  }
}
