package org.chorale.picture;

import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;

/**
 * Lowest and highest sample of every column of a waveform. Memory is bounded by the columns, not by
 * the recording.
 */
final class Envelope {

  private final float[] low;
  private final float[] high;

  private Envelope(int columns) {
    this.low = new float[columns];
    this.high = new float[columns];
  }

  /**
   * Reads a stretch of a recording.
   *
   * @param source read as far as the stretch goes
   * @param fromSeconds where the first column begins
   * @param columns how many there are
   * @param columnsPerSecond how many of them one second has
   */
  static Envelope of(AudioSource source, double fromSeconds, int columns, double columnsPerSecond)
      throws AudioException {
    Envelope envelope = new Envelope(columns);
    float[] buffer = new float[4096];
    long sample = 0;
    int read;
    while ((read = source.read(buffer, 0, buffer.length)) > 0) {
      for (int i = 0; i < read; i++) {
        double seconds = (sample + i) / (double) AudioSource.SAMPLE_RATE - fromSeconds;
        int column = (int) Math.floor(seconds * columnsPerSecond);
        if (column >= columns) {
          return envelope;
        }
        if (column >= 0) {
          envelope.low[column] = Math.min(envelope.low[column], buffer[i]);
          envelope.high[column] = Math.max(envelope.high[column], buffer[i]);
        }
      }
      sample += read;
    }
    return envelope;
  }

  /** Lowest sample of a column, at most 0. */
  float low(int column) {
    return low[column];
  }

  /** Highest sample of a column, at least 0. */
  float high(int column) {
    return high[column];
  }

  /** Largest magnitude of all columns. */
  float peak() {
    float peak = 0;
    for (int c = 0; c < low.length; c++) {
      peak = Math.max(peak, Math.max(-low[c], high[c]));
    }
    return peak;
  }
}
