package org.chorale.session;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chorale.audio.AudioSource;
import org.chorale.audio.PcmEncoding;
import org.chorale.audio.WavRecording;
import org.chorale.session.SessionLedger.Segment;

/**
 * Where the recordings of sessions lie: each in a temporary file of this node, or, in a folder that
 * all nodes of a cluster see, in one file for each node that has had the session. Nobody writes
 * into another node's file. Thread-safe.
 *
 * @param folder temporary files
 * @param shared the folder that all nodes see; empty where there is none
 */
public record Recordings(Path folder, Optional<Path> shared) {

  private static final Pattern NAME =
      Pattern.compile("chorale-([A-Za-z0-9_-]{16})-([0-9]{1,18})\\.wav");
  private static final int BLOCK_BYTES = 1 << 16;

  /**
   * How the audio of a request is written down.
   *
   * @param encoding of the samples
   * @param channels in turn
   */
  record Format(PcmEncoding encoding, int sampleRate, int channels) {

    /**
     * The format.
     *
     * @param decodedChannels channels that are kept of what has to be decoded
     */
    static Format of(StreamRequest request, int decodedChannels) {
      PcmEncoding bare = request.encoding().pcm();
      return bare == null
          ? new Format(PcmEncoding.F32LE, AudioSource.SAMPLE_RATE, decodedChannels)
          : new Format(bare, request.sampleRate(), request.channels());
    }

    int frameBytes() {
      return encoding.bytes() * channels;
    }
  }

  /** A recording that ends with its session. */
  WavRecording temporary(Format format) throws IOException {
    return new WavRecording(folder, format.encoding(), format.sampleRate(), format.channels());
  }

  /** A recording that other nodes may go on with, when there is a folder for it. */
  WavRecording begin(String key, long epoch, Format format) throws IOException {
    return shared.isEmpty()
        ? temporary(format)
        : WavRecording.named(
            file(key, epoch), format.encoding(), format.sampleRate(), format.channels());
  }

  private Path file(String key, long epoch) {
    return shared.orElseThrow().resolve("chorale-%s-%d.wav".formatted(key, epoch));
  }

  /** Whether all that was promised of a recording is there. */
  boolean isWhole(String key, List<Segment> segments, Format format) {
    if (shared.isEmpty()) {
      return segments.stream().allMatch(s -> s.frames() == 0);
    }
    for (Segment segment : segments) {
      try {
        long least = WavRecording.HEADER_BYTES + segment.frames() * format.frameBytes();
        if (segment.frames() > 0 && Files.size(file(key, segment.epoch())) < least) {
          return false;
        }
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads a part of a recording.
   *
   * @param from first frame of all segments together
   * @return the samples up to the end of the segments, as they were written
   */
  byte[] read(String key, List<Segment> segments, long from, Format format) throws IOException {
    long frames = segments.stream().mapToLong(Segment::frames).sum();
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact((frames - from) * format.frameBytes()));
    long before = 0;
    for (Segment segment : segments) {
      long skipped = Math.max(0, Math.min(segment.frames(), from - before));
      int bytes = Math.toIntExact((segment.frames() - skipped) * format.frameBytes());
      if (bytes > 0) {
        read(
            file(key, segment.epoch()),
            WavRecording.HEADER_BYTES + skipped * format.frameBytes(),
            out.slice(out.position(), bytes));
        out.position(out.position() + bytes);
      }
      before += segment.frames();
    }
    return out.array();
  }

  private static void read(Path file, long position, ByteBuffer out) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long at = position;
      while (out.hasRemaining()) {
        int count = channel.read(out, at);
        if (count < 0) {
          throw new EOFException("'%s' is shorter than it was".formatted(file));
        }
        at += count;
      }
    }
  }

  /** Appends segments to a recording. */
  void join(String key, List<Segment> segments, Format format, WavRecording out)
      throws IOException {
    for (Segment segment : segments) {
      long left = segment.frames() * format.frameBytes();
      long at = WavRecording.HEADER_BYTES;
      while (left > 0) {
        byte[] block = new byte[(int) Math.min(BLOCK_BYTES, left)];
        read(file(key, segment.epoch()), at, ByteBuffer.wrap(block));
        out.add(block);
        at += block.length;
        left -= block.length;
      }
    }
  }

  /** Removes what a session wrote down in the shared folder; what cannot be removed stays. */
  void remove(String key, List<Segment> segments) {
    if (shared.isPresent()) {
      segments.forEach(segment -> file(key, segment.epoch()).toFile().delete());
    }
  }

  /** The key of the session whose file it is; empty for files of others. */
  public static Optional<String> key(Path file) {
    Matcher parts = NAME.matcher(file.getFileName().toString());
    return parts.matches() ? Optional.of(parts.group(1)) : Optional.empty();
  }
}
