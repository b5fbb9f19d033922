package org.chorale.acoustic;

import java.util.Arrays;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;

/**
 * Listens through a recording for voices: for every frame how likely nobody is heard, somebody
 * speaks or somebody sings, as a model of singing says. Memory does not grow with the recording.
 * Thread-safe.
 */
public final class VoiceActivity {

  /** Frames that go through the model at a time. */
  private static final int WINDOW_FRAMES = 800;

  private static final int KINDS = VoiceKind.values().length;

  private final LyricsModel model;

  /** With this model, which is not closed here. */
  public VoiceActivity(LyricsModel model) {
    this.model = model;
  }

  /** Takes the frames of a recording one by one. */
  @FunctionalInterface
  public interface Listener {

    /**
     * A frame; the three posteriors add up to one.
     *
     * @return whether the next one is wanted
     */
    boolean frame(float none, float speech, float song);
  }

  /** Time from frame to frame, seconds. */
  public double frameSeconds() {
    return model.frameSamples() / (double) AudioSource.SAMPLE_RATE;
  }

  /**
   * Listens from the start to the end, or until the listener has heard enough.
   *
   * @param source in stereo; not closed
   * @throws AudioException when it cannot be decoded
   */
  public void hear(AudioSource source, Listener listener) throws AudioException {
    int frame = model.frameSamples();
    int context = model.contextSamples();
    int fresh = WINDOW_FRAMES * frame;
    int width = fresh + 2 * context;
    float[] window = new float[2 * width]; // left, then right
    float[] block = new float[2 * (width - context)];
    int kept = context; // silence before the first sample
    while (true) {
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
        if (!listener.frame(
            kinds[f * KINDS + VoiceKind.NONE.ordinal()],
            kinds[f * KINDS + VoiceKind.SPEECH.ordinal()],
            kinds[f * KINDS + VoiceKind.SONG.ordinal()])) {
          return;
        }
      }
      if (read < 2 * (width - kept)) {
        return;
      }
      System.arraycopy(window, fresh, window, 0, 2 * context);
      System.arraycopy(window, width + fresh, window, width, 2 * context);
      kept = 2 * context;
    }
  }

  /**
   * How likely anybody is heard, speaking or singing.
   *
   * @param source in stereo; read to its end, not closed
   * @return a posterior for every frame
   * @throws AudioException when it cannot be decoded
   */
  public float[] voice(AudioSource source) throws AudioException {
    Collected collected = new Collected();
    hear(source, collected);
    return Arrays.copyOf(collected.voice, collected.frames);
  }

  private static final class Collected implements Listener {

    private float[] voice = new float[1 << 12];
    private int frames;

    @Override
    public boolean frame(float none, float speech, float song) {
      voice = frames < voice.length ? voice : Arrays.copyOf(voice, 2 * frames);
      voice[frames++] = 1 - none;
      return true;
    }
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
