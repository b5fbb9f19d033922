package org.chorale.audio;

/** A source that, at its end, refuses a recording in which nothing can be heard. */
final class AudibleSource implements AudioSource {

  /** -60 dB below full scale. */
  private static final float SILENT_PEAK = 0.001f;

  private final AudioSource source;
  private float peak;

  AudibleSource(AudioSource source) {
    this.source = source;
  }

  @Override
  public int read(float[] buffer, int offset, int length) throws AudioException {
    int count = source.read(buffer, offset, length);
    for (int i = offset; i < offset + count; i++) {
      // A decoder may make a NaN of a damaged float file; it must not reach the model.
      if (Float.isFinite(buffer[i])) {
        peak = Math.max(peak, Math.abs(buffer[i]));
      } else {
        buffer[i] = 0;
      }
    }
    if (count < 0 && peak < SILENT_PEAK) {
      throw new AudioException(
          "'%s' is silent from beginning to end (below -60 dB); check the recording."
              .formatted(source.info().path()));
    }
    return count;
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
  }
}
