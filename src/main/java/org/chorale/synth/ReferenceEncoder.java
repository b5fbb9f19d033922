package org.chorale.synth;

import java.util.Arrays;
import java.util.Map;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;

/** What a recording tells of its speaker. Thread-safe. */
final class ReferenceEncoder implements AutoCloseable {

  private static final int MOST_SAMPLES = 20 * Synthesizer.SAMPLE_RATE;
  private static final int LEAST_SAMPLES = 2 * Synthesizer.SAMPLE_RATE;
  private static final int BLOCK = 320;

  /** Level of the active part that the model has learnt from. */
  private static final double ACTIVE_RMS = 0.08;

  private static final double ACTIVE_SHARE = 0.003;

  private final OnnxSession session;

  ReferenceEncoder(OnnxSession session) {
    this.session = session;
  }

  Voice of(AudioSource source, String name) throws AudioException {
    float[] samples = new float[MOST_SAMPLES];
    int length = 0;
    int read;
    while (length < MOST_SAMPLES
        && (read = source.read(samples, length, MOST_SAMPLES - length)) > 0) {
      length += read;
    }
    if (length < LEAST_SAMPLES) {
      throw new AudioException(
          "'%s' is too short to know a voice by; give 2 seconds of speech or more."
              .formatted(name));
    }
    samples = Arrays.copyOf(samples, length);
    levelled(samples);
    float[] out =
        session
            .run(Map.of("samples", new FloatTensor(samples, new long[] {1, length})), "voice")
            .values();
    double hz = Math.pow(2, out[out.length - 1]);
    return new Voice(name, "", Arrays.copyOf(out, out.length - 1), Math.min(400, Math.max(70, hz)));
  }

  private static void levelled(float[] samples) {
    int blocks = samples.length / BLOCK;
    double[] power = new double[blocks];
    float peak = 0;
    for (int i = 0; i < blocks * BLOCK; i++) {
      power[i / BLOCK] += samples[i] * samples[i] / BLOCK;
      peak = Math.max(peak, Math.abs(samples[i]));
    }
    double loudest = Arrays.stream(power).max().orElse(0);
    double active =
        Arrays.stream(power).filter(p -> p > loudest * ACTIVE_SHARE).average().orElse(0);
    double gain = Math.min(ACTIVE_RMS / Math.sqrt(active + 1e-9), 0.97 / (peak + 1e-6));
    for (int i = 0; i < samples.length; i++) {
      samples[i] *= (float) gain;
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
