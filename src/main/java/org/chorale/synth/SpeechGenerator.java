package org.chorale.synth;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.chorale.onnx.OnnxSession.LongTensor;

/**
 * Tokens and pitch to sound, all frames of a piece at once. Pieces are computed with what stands
 * around them, so that they join without a seam. Thread-safe.
 */
final class SpeechGenerator implements AutoCloseable {

  static final int TOKEN_SAMPLES = 320;

  private static final int PIECE_TOKENS = 100;
  private static final int FIRST_TOKENS = 25;

  private final OnnxSession session;
  private final int context;

  /**
   * A generator.
   *
   * @param context tokens on each side that a token's sound depends on
   */
  SpeechGenerator(OnnxSession session, int context) {
    this.session = session;
    this.context = context;
  }

  /**
   * Begins a sentence.
   *
   * @param tokens one for 20 ms
   * @param hz pitch, two values a token, 0 where unvoiced
   * @param seed of the noise
   */
  Speaking speak(int[] tokens, float[] hz, Voice voice, long seed) {
    return new Speaking(tokens, hz, voice, seed);
  }

  /** A sentence under way. Not thread-safe. */
  final class Speaking {
    private final int[] tokens;
    private final float[] hz;
    private final Voice voice;
    private final float[] pulses;
    private final float[] noise;
    private int from;

    private Speaking(int[] tokens, float[] hz, Voice voice, long seed) {
      this.tokens = tokens;
      this.hz = hz;
      this.voice = voice;
      this.pulses = PulseTrain.of(hz);
      this.noise = noise(pulses.length, seed);
    }

    /** All samples from here on. */
    float[] rest() {
      float[] out = new float[(tokens.length - from) * TOKEN_SAMPLES];
      for (int at = 0; !isDone(); ) {
        float[] piece = next();
        System.arraycopy(piece, 0, out, at, piece.length);
        at += piece.length;
      }
      return out;
    }

    /** Whether all has been said. */
    boolean isDone() {
      return from >= tokens.length;
    }

    /** The next samples; little at first, because somebody waits. */
    float[] next() {
      int to = Math.min(tokens.length, from + (from == 0 ? FIRST_TOKENS : PIECE_TOKENS));
      int a = Math.max(0, from - context);
      int b = Math.min(tokens.length, to + context);
      float[] sound = run(tokens, hz, pulses, noise, voice, a, b);
      float[] out = Arrays.copyOfRange(sound, (from - a) * TOKEN_SAMPLES, (to - a) * TOKEN_SAMPLES);
      for (int i = 0; i < out.length; i++) {
        out[i] = limited(out[i]);
      }
      from = to;
      return out;
    }
  }

  /** Louder than 0.8 is bent towards 1, which nothing reaches. */
  private static float limited(float x) {
    float size = Math.abs(x);
    return size <= 0.8f ? x : Math.copySign(0.8f + 0.2f * (float) Math.tanh((size - 0.8f) * 5), x);
  }

  private float[] run(
      int[] tokens, float[] hz, float[] pulses, float[] noise, Voice voice, int a, int b) {
    int count = b - a;
    long[] codes = new long[count];
    for (int i = 0; i < count; i++) {
      codes[i] = tokens[a + i];
    }
    return session
        .run(
            Map.of(
                "tokens", new LongTensor(codes, new long[] {1, count}),
                "timbre", row(voice.timbre()),
                "correction", row(voice.correction()),
                "hz", slice(hz, 2 * a, 2 * b),
                "pulses", slice(pulses, a * TOKEN_SAMPLES, b * TOKEN_SAMPLES),
                "noise", slice(noise, a * TOKEN_SAMPLES, b * TOKEN_SAMPLES)),
            "samples")
        .values();
  }

  private static FloatTensor row(float[] values) {
    return new FloatTensor(values, new long[] {1, values.length});
  }

  private static FloatTensor slice(float[] values, int from, int to) {
    return new FloatTensor(Arrays.copyOfRange(values, from, to), new long[] {1, to - from});
  }

  private static float[] noise(int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] out = new float[length];
    for (int i = 0; i < length; i++) {
      out[i] = (float) random.nextGaussian();
    }
    return out;
  }

  @Override
  public void close() {
    session.close();
  }
}
