package org.chorale.engine;

import org.chorale.acoustic.VoiceActivity;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;

/**
 * Whether a recording is sung, by the first of its voice that is heard. For whoever leaves the mode
 * open: what it takes for speech is aligned by the more exact model of speech, so song has to be
 * shown. Thread-safe.
 */
final class SongDetector {

  /** Voice that is enough to decide by, frames. */
  private static final int ENOUGH_FRAMES = 2_000;

  /** Voice that is too little to be called a song. */
  private static final int LEAST_FRAMES = 400;

  /** Nobody waits longer than this for a voice, frames. */
  private static final int MOST_FRAMES = 30_000;

  private static final double VOICE = 0.5;

  /** Mean posterior of song among frames with a voice from which a recording is a song. */
  private static final double SONG = 0.55;

  private final VoiceActivity activity;

  SongDetector(VoiceActivity activity) {
    this.activity = activity;
  }

  /**
   * Whether a recording is a song.
   *
   * @param source in stereo; read as far as needed, not closed
   * @throws AudioException when it cannot be decoded
   */
  boolean isSong(AudioSource source) throws AudioException {
    Impression impression = new Impression();
    activity.hear(source, impression);
    return impression.voiced >= LEAST_FRAMES && impression.sung / impression.voiced > SONG;
  }

  /** What has been heard so far. */
  private static final class Impression implements VoiceActivity.Listener {

    private int frames;
    private int voiced;
    private double sung;

    @Override
    public boolean frame(float none, float speech, float song) {
      frames++;
      if (none < VOICE) {
        voiced++;
        sung += song / (1 - none);
      }
      return frames < MOST_FRAMES && voiced < ENOUGH_FRAMES;
    }
  }
}
