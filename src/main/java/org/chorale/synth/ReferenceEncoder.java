package org.chorale.synth;

import java.util.Arrays;
import java.util.Map;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.chorale.onnx.OrtRuntime;

/**
 * What a recording tells of its speaker. A net says how the speaker talks and sounds. Then the
 * generator speaks the recording's own tokens at its own pitch with that timbre, and by what its
 * average spectrum still differs from the recording's, its filters are corrected. Thread-safe.
 */
final class ReferenceEncoder implements AutoCloseable {

  private static final int MOST_SAMPLES = 20 * Synthesizer.SAMPLE_RATE;
  private static final int LEAST_SAMPLES = 2 * Synthesizer.SAMPLE_RATE;
  private static final int BLOCK = 320;

  /** Level of the active part that the models have learnt from. */
  private static final double ACTIVE_RMS = 0.08;

  private static final double ACTIVE_SHARE = 0.003;

  /** Voiced frames of 10 ms without which there is no voice to take over. */
  private static final int LEAST_VOICED = 40;

  private static final double SLOWEST_PACE = 0.7;
  private static final double FASTEST_PACE = 1.3;

  /** The usual pace counts as much as this much speech. */
  private static final double SURE_SECONDS = 1;

  /** Octaves; speakers lie between, and what does not is a mistake of the tracker. */
  private static final double NARROWEST = 0.06;

  private static final double WIDEST = 0.4;
  private static final double LOWEST_HZ = 60;
  private static final double HIGHEST_HZ = 420;
  private static final long SEED = 1;

  private final OnnxSession reference;
  private final OnnxSession correction;
  private final OnnxSession pace;
  private final SemanticTokenizer tokenizer;
  private final SpeechGenerator generator;
  private final int mannerSize;
  private final int cepstra;
  private final int rounds;
  private final double usualPace;

  /**
   * Loads the models.
   *
   * @param generator stays the caller's
   * @throws ModelException when a model is missing or broken
   */
  ReferenceEncoder(ModelFolder folder, OrtRuntime runtime, SpeechGenerator generator)
      throws ModelException {
    var json = folder.manifest().json();
    this.mannerSize = json.path("mannerSize").asInt();
    this.cepstra = json.path("correctionSize").asInt();
    this.rounds = json.path("correctionRounds").asInt(-1);
    this.usualPace = json.path("phonesASecond").asDouble();
    if (mannerSize <= 0 || cepstra <= 0 || rounds < 0 || !(usualPace > 0)) {
      throw folder.broken(
          "mannerSize, correctionSize, correctionRounds or phonesASecond is missing");
    }
    this.generator = generator;
    this.reference = runtime.open("reference.onnx", folder.read("reference.onnx"));
    this.correction = runtime.open("correction.onnx", folder.read("correction.onnx"));
    this.pace = runtime.open("pace.onnx", folder.read("pace.onnx"));
    this.tokenizer = SemanticTokenizer.load(folder, runtime);
  }

  /**
   * The voice of a recording.
   *
   * @throws AudioException when it cannot be decoded, is too short or has no voice in it
   */
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
    samples = Arrays.copyOf(samples, length / BLOCK * BLOCK);
    levelled(samples);
    float[] hz = SpeechPitch.of(samples);
    double[] octaves = octaves(hz);
    if (octaves.length < LEAST_VOICED) {
      throw new AudioException(
          "No voice is heard in '%s'; give 2 seconds of clear speech or more.".formatted(name));
    }
    double middle = octaves[octaves.length / 2];
    double median = Math.min(HIGHEST_HZ, Math.max(LOWEST_HZ, Math.pow(2, middle)));
    SemanticTokenizer.Heard heard = tokenizer.hear(samples);
    float[] out = reference.run(Map.of("samples", row(samples)), "voice").values();
    Voice voice =
        new Voice(
            name,
            "",
            Arrays.copyOf(out, mannerSize),
            Arrays.copyOfRange(out, mannerSize, out.length),
            new float[cepstra],
            median,
            Math.min(WIDEST, Math.max(NARROWEST, PitchSpread.of(octaves))),
            pace(heard));
    for (int round = 0; round < rounds; round++) {
      voice = corrected(voice, samples, heard.tokens(), hz);
    }
    return voice;
  }

  private Voice corrected(Voice voice, float[] samples, int[] tokens, float[] hz) {
    float[] made = generator.speak(tokens, hz, voice, SEED).rest();
    float[] voiced = new float[hz.length];
    for (int i = 0; i < hz.length; i++) {
      voiced[i] = hz[i] > 0 ? 1 : 0;
    }
    float[] change =
        correction
            .run(
                Map.of("natural", row(samples), "made", row(made), "voiced", row(voiced)),
                "correction")
            .values();
    float[] sum = voice.correction().clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += change[i];
    }
    return new Voice(
        voice.name(),
        voice.language(),
        voice.manner(),
        voice.timbre(),
        sum,
        voice.medianHz(),
        voice.pitchSpread(),
        voice.pace());
  }

  /** Logarithms of the pitch where there is one, in order. */
  private static double[] octaves(float[] hz) {
    double[] out = new double[hz.length];
    int count = 0;
    for (float f : hz) {
      if (f > 0) {
        out[count++] = Math.log(f) / Math.log(2);
      }
    }
    out = Arrays.copyOf(out, count);
    Arrays.sort(out);
    return out;
  }

  /** How fast somebody speaks by comparison with the text model; of little speech, nearly 1. */
  private double pace(SemanticTokenizer.Heard heard) {
    int count = heard.tokens().length;
    long[] shape = {1, count, heard.features().length / count};
    float[] out =
        pace.run(Map.of("hidden", new FloatTensor(heard.features(), shape)), "pace").values();
    double seconds = out[1] * Durations.TOKEN_SECONDS;
    double ratio = (out[0] / usualPace + SURE_SECONDS) / (seconds + SURE_SECONDS);
    return Math.min(FASTEST_PACE, Math.max(SLOWEST_PACE, ratio));
  }

  private static FloatTensor row(float[] values) {
    return new FloatTensor(values, new long[] {1, values.length});
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
    reference.close();
    correction.close();
    pace.close();
    tokenizer.close();
  }
}
