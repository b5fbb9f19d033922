package org.chorale.engine;

import java.util.Arrays;
import org.chorale.acoustic.LyricsModel;
import org.chorale.acoustic.VoiceKind;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;

/**
 * Whether a recording is sung, by the first of its voice that is heard. For whoever leaves the mode
 * open: what it takes for speech is aligned by the more exact model of speech, so song has to be
 * shown. Thread-safe.
 */
final class SongDetector {

  /** Frames that go through the model at a time. */
  private static final int WINDOW_FRAMES = 800;

  /** Voice that is enough to decide by. */
  private static final int ENOUGH_FRAMES = 2_000;

  /** Voice that is too little to be called a song. */
  private static final int LEAST_FRAMES = 400;

  /** Nobody waits longer than this for a voice, frames. */
  private static final int MOST_FRAMES = 30_000;

  private static final double VOICE = 0.5;

  /** Mean posterior of song among frames with a voice from which a recording is a song. */
  private static final double SONG = 0.55;

  private static final int KINDS = VoiceKind.values().length;

  private final LyricsModel model;

  SongDetector(LyricsModel model) {
    this.model = model;
  }

  /**
   * Whether a recording is a song.
   *
   * @param source in stereo; read as far as needed, not closed
   * @throws AudioException when it cannot be decoded
   */
  boolean isSong(AudioSource source) throws AudioException {
    int frame = model.frameSamples();
    int context = model.contextSamples();
    int fresh = WINDOW_FRAMES * frame;
    int width = fresh + 2 * context;
    float[] window = new float[2 * width]; // left, then right
    float[] block = new float[2 * (width - context)];
    double sung = 0;
    int voiced = 0;
    int kept = context; // silence before the first sample
    for (int frames = 0; frames < MOST_FRAMES && voiced < ENOUGH_FRAMES; ) {
      int read = fill(source, block, 2 * (width - kept));
      for (int i = 0; i < read / 2; i++) {
        window[kept + i] = block[2 * i];
        window[width + kept + i] = block[2 * i + 1];
      }
      Arrays.fill(window, kept + read / 2, width, 0);
      Arrays.fill(window, width + kept + read / 2, 2 * width, 0);
      int known = Math.min(WINDOW_FRAMES, Math.max(0, (kept + read / 2 - context) / frame));
      float[] kinds = model.voiceKinds(window);
      for (int f = 0; f < known; f++) {
        float none = kinds[f * KINDS + VoiceKind.NONE.ordinal()];
        if (none < VOICE) {
          voiced++;
          sung += kinds[f * KINDS + VoiceKind.SONG.ordinal()] / (1 - none);
        }
      }
      frames += known;
      if (read < 2 * (width - kept)) {
        break;
      }
      System.arraycopy(window, fresh, window, 0, 2 * context);
      System.arraycopy(window, width + fresh, window, width, 2 * context);
      kept = 2 * context;
    }
    return voiced >= LEAST_FRAMES && sung / voiced > SONG;
  }

  /** Reads until there is so much, or nothing more. */
  private static int fill(AudioSource source, float[] block, int length) throws AudioException {
    int filled = 0;
    while (filled < length) {
      int count = source.read(block, filled, length - filled);
      if (count < 0) {
        break;
      }
      filled += count;
    }
    return filled;
  }
}
