package org.chorale.audio;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A mono recording as it is made. Not thread-safe. */
public interface SpeechOutput extends Closeable {

  /** Endings of the files that can be written. */
  List<String> ENDINGS = List.of("wav", "flac", "mp3", "opus");

  /**
   * Writes the next samples.
   *
   * @param samples in [-1, 1]; louder ones are cut
   * @throws IOException when they cannot be written
   */
  void write(float[] samples) throws IOException;

  /**
   * Makes the recording whole.
   *
   * @throws IOException when that fails
   */
  void finish() throws IOException;

  /**
   * Whether a file name has an ending that can be written.
   *
   * @param name a file name or path
   */
  static boolean canWrite(String name) {
    return ENDINGS.contains(ending(name));
  }

  private static String ending(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /**
   * Begins a recording.
   *
   * @param name its name, by the ending of which it is encoded
   * @param file where it is written: not always what it will be called
   * @param sampleRate Hz
   * @throws IOException when it cannot be begun
   */
  static SpeechOutput to(String name, Path file, int sampleRate) throws IOException {
    String ending = ending(name);
    return switch (ending) {
      case "wav" -> WavOutput.to(file, sampleRate);
      case "flac", "mp3", "opus" -> FfmpegProgram.sound(file, ending, sampleRate);
      default -> throw new IllegalArgumentException("'" + name + "' has no ending that is known");
    };
  }
}
