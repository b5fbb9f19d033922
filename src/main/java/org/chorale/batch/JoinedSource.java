package org.chorale.batch;

import java.util.List;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;

/** Several recordings, one after the other, as one. Read by one thread. */
final class JoinedSource implements AudioSource {

  /** Opens one of the recordings. */
  interface Opener {
    AudioSource open(int index) throws AudioException;
  }

  private final List<String> names;
  private final Opener opener;
  private final long[] samples;
  private int index;
  private AudioSource current;
  private final AudioInfo info;

  /** Opens the first; the others are opened when it is their turn. */
  JoinedSource(List<String> names, Opener opener) throws AudioException {
    this.names = names;
    this.opener = opener;
    this.samples = new long[names.size()];
    this.current = opener.open(0);
    AudioInfo first = current.info();
    this.info =
        new AudioInfo(
            String.join("|", names),
            first.sampleRate(),
            first.channels(),
            first.expectedSeconds() * names.size());
  }

  @Override
  public int read(float[] buffer, int offset, int length) throws AudioException {
    while (true) {
      int count = current.read(buffer, offset, length);
      if (count >= 0) {
        samples[index] += count;
        return count;
      }
      if (index + 1 == names.size()) {
        return -1;
      }
      current.close();
      index++;
      current = opener.open(index);
    }
  }

  /** Length of every recording that was read to its end, seconds. */
  double[] seconds() {
    double[] seconds = new double[samples.length];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = samples[i] / (double) (SAMPLE_RATE * channels());
    }
    return seconds;
  }

  @Override
  public int channels() {
    return current.channels();
  }

  @Override
  public AudioInfo info() {
    return info;
  }

  @Override
  public void close() {
    current.close();
  }
}
