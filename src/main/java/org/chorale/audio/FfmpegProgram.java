package org.chorale.audio;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.javacpp.Loader;

/**
 * The program FFmpeg that comes with the library, for what has to be encoded: sound that browsers
 * play, and videos. One object is one run. Not thread-safe.
 */
public final class FfmpegProgram implements SpeechOutput {

  private static final String MP4_SOUND = "-c:a aac -b:a %s -movflags +faststart -f mp4";

  private final Process process;
  private final Path log;
  private final String what;
  private final OutputStream input;
  private boolean finished;

  private FfmpegProgram(List<String> arguments, String what) throws IOException {
    this.what = what;
    this.log = Files.createTempFile("chorale-ffmpeg", ".log");
    List<String> command = new ArrayList<>();
    command.add(Loader.load(ffmpeg.class));
    command.addAll(List.of("-nostdin", "-hide_banner", "-loglevel", "error", "-y"));
    command.addAll(arguments);
    try {
      this.process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(log.toFile())
              .start();
    } catch (IOException e) {
      Files.deleteIfExists(log);
      throw e;
    }
    this.input = new BufferedOutputStream(process.getOutputStream(), 1 << 20);
  }

  /**
   * Encodes the sound of a recording as AAC in MP4, mono, 64 kbit/s.
   *
   * @param audio the recording
   * @param out the file to write
   * @throws IOException when it cannot be encoded
   */
  public static void toM4a(Path audio, Path out) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-i", "file:" + audio, "-vn", "-ac", "1"));
    arguments.addAll(List.of(MP4_SOUND.formatted("64k").split(" ")));
    arguments.add("file:" + out);
    try (FfmpegProgram program = new FfmpegProgram(arguments, audio.toString())) {
      program.finish();
    }
  }

  /**
   * Begins a video of pictures that {@link #frame} brings, with the sound of a recording: H.264 and
   * AAC in MP4.
   *
   * @param audio the recording
   * @param fromSeconds where its sound begins
   * @param seconds how long it is
   * @param out the file to write
   * @param width of the pictures, even
   * @param height of the pictures, even
   * @param framesPerSecond how many pictures a second has
   * @throws IOException when FFmpeg cannot be started
   */
  public static FfmpegProgram video(
      Path audio,
      double fromSeconds,
      double seconds,
      Path out,
      int width,
      int height,
      int framesPerSecond)
      throws IOException {
    String pictures =
        String.format(
            Locale.ROOT,
            "-f rawvideo -pix_fmt bgr24 -s %dx%d -r %d -i pipe:0 -ss %.3f -t %.3f",
            width,
            height,
            framesPerSecond,
            fromSeconds,
            seconds);
    List<String> arguments = new ArrayList<>(List.of(pictures.split(" ")));
    arguments.addAll(List.of("-i", "file:" + audio, "-map", "0:v", "-map", "1:a:0"));
    arguments.addAll(
        List.of("-c:v libopenh264 -b:v 1500k -g 125 -pix_fmt yuv420p -shortest".split(" ")));
    arguments.addAll(List.of(MP4_SOUND.formatted("160k").split(" ")));
    arguments.add("file:" + out);
    return new FfmpegProgram(arguments, audio.toString());
  }

  /**
   * Begins a recording of samples that {@link #write} brings, mono.
   *
   * @param out the file to write
   * @param format flac, mp3 (96 kbit/s) or opus (48 kbit/s, in Ogg)
   * @param sampleRate of the samples, Hz
   * @throws IOException when FFmpeg cannot be started
   */
  static FfmpegProgram sound(Path out, String format, int sampleRate) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-f", "s16le", "-ac", "1", "-ar"));
    arguments.addAll(List.of(Integer.toString(sampleRate), "-i", "pipe:0"));
    arguments.addAll(
        switch (format) {
          case "flac" -> List.of("-c:a", "flac", "-f", "flac");
          case "mp3" -> List.of("-c:a", "libmp3lame", "-b:a", "96k", "-f", "mp3");
          case "opus" -> List.of("-c:a", "libopus", "-b:a", "48k", "-f", "opus");
          default -> throw new IllegalArgumentException("no format: " + format);
        });
    arguments.add("file:" + out);
    return new FfmpegProgram(arguments, out.getFileName().toString());
  }

  @Override
  public void write(float[] samples) throws IOException {
    try {
      input.write(Pcm16.bytes(samples));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Brings the next picture.
   *
   * @param bgr its pixels, three bytes each, row by row
   * @throws IOException when FFmpeg has given up; the message has its reason
   */
  public void frame(byte[] bgr) throws IOException {
    try {
      input.write(bgr);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Waits until the file is whole.
   *
   * @throws IOException when FFmpeg failed; the message has its reason
   */
  @Override
  public void finish() throws IOException {
    try {
      input.close();
      if (process.waitFor() != 0) {
        throw failed(null);
      }
      finished = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(e);
    } catch (IOException e) {
      throw finished ? e : failed(e);
    }
  }

  private IOException failed(Exception cause) throws IOException {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String said = Files.readString(log, StandardCharsets.UTF_8).strip();
    int last = said.lastIndexOf('\n');
    return new IOException(
        "FFmpeg cannot encode '%s' (%s)"
            .formatted(what, last < 0 ? said : said.substring(last + 1)),
        cause);
  }

  /** Ends FFmpeg, if it still runs. */
  @Override
  public void close() throws IOException {
    process.destroy();
    Files.deleteIfExists(log);
  }
}
