package org.chorale.melody;

import java.util.Arrays;
import java.util.List;
import org.chorale.syllable.Syllable;

/**
 * How surely a voice sounds, over time: what tells the singer's pitch from that of the band.
 * Immutable, thread-safe.
 */
public final class Voicing {

  /** Mean posterior inside the syllables of a song below which its voice is not known as one. */
  private static final double KNOWN_VOICE = 0.75;

  private static final Voicing UNKNOWN = new Voicing(1, new float[0]);

  private final double frameSeconds;
  private final float[] voice;

  private Voicing(double frameSeconds, float[] voice) {
    this.frameSeconds = frameSeconds;
    this.voice = voice;
  }

  /**
   * What was heard.
   *
   * @param frameSeconds time from frame to frame; frame 0 begins at second 0
   * @param voice posterior of a voice in every frame, in [0, 1]; copied
   */
  public static Voicing of(double frameSeconds, float[] voice) {
    return new Voicing(frameSeconds, Arrays.copyOf(voice, voice.length));
  }

  /** Nobody has listened: a voice may be anywhere in a syllable. */
  public static Voicing unknown() {
    return UNKNOWN;
  }

  /**
   * This, or {@link #unknown} when little of what is sung is heard as a voice: then it is an
   * unusual one (a synthesizer's, a whistle), and its notes would be lost.
   */
  Voicing trustedFor(List<Syllable> syllables) {
    double sum = 0;
    long frames = 0;
    for (Syllable syllable : syllables) {
      for (double t = syllable.startSeconds(); t < syllable.endSeconds(); t += frameSeconds) {
        sum += at(t);
        frames++;
      }
    }
    return sum < KNOWN_VOICE * frames ? UNKNOWN : this;
  }

  /** Posterior of a voice at a time; 1 where nothing is known. */
  double at(double seconds) {
    int frame = (int) Math.max(0, Math.floor(seconds / frameSeconds));
    return frame < voice.length ? voice[frame] : 1;
  }
}
