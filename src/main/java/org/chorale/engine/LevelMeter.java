package org.chorale.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.chorale.acoustic.BandLevels;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;

/**
 * Passes a recording on and notes its levels on the way, so that it is decoded once. Closing it
 * leaves the recording open.
 */
final class LevelMeter implements AudioSource {

  private final AudioSource source;
  private final BandLevels.Builder builder = new BandLevels.Builder();

  /** Why the levels could not be kept; null while they could. */
  private IOException failure;

  /** Of a mono recording. */
  LevelMeter(AudioSource source) {
    this.source = source;
  }

  @Override
  public int read(float[] buffer, int offset, int length) throws AudioException {
    int count = source.read(buffer, offset, length);
    if (count > 0 && failure == null) {
      try {
        builder.accept(buffer, offset, count);
      } catch (UncheckedIOException e) {
        failure = e.getCause(); // not the recording's fault
      }
    }
    return count;
  }

  /**
   * The levels of all that was read; for the caller to close. Asked once, at the end.
   *
   * @throws IOException when the disk has no room for them
   */
  BandLevels levels() throws IOException {
    if (failure != null) {
      throw failure;
    }
    return builder.build();
  }

  @Override
  public int channels() {
    return source.channels();
  }

  @Override
  public AudioInfo info() {
    return source.info();
  }

  /** Lets go of the levels, those that were handed out, too. */
  @Override
  public void close() {
    builder.close();
  }
}
