package org.chorale.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.synth.SpeechSettings.Method;
import org.chorale.text.DocumentParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Voices of recordings, with the models that come with Chorale. */
class ReferenceTest {

  private static final String TEXT = "The weather was fine, so we walked along the river.";
  private static final String AUSTEN = "audio-fixtures/speech/austen-0870.flac";
  private static final String ITALIAN = "audio-fixtures/speech/asterisk-it.flac";
  private static final int BANDS = 16;

  private static Synthesizer synthesizer;

  @BeforeAll
  static void load() throws Exception {
    OrtRuntime runtime = new OrtRuntime(1, Device.parse("cpu"));
    synthesizer =
        Synthesizer.load(
            ModelFolder.open(Path.of("models/tts-v1")),
            Pronouncer.load(ModelFolder.open(Path.of("models/g2p-v1")), runtime),
            runtime);
  }

  @AfterAll
  static void close() {
    synthesizer.close();
  }

  private static Voice voice(String path) throws IOException {
    try (AudioSource source = new AudioFiles().open(path)) {
      return synthesizer.reference(source, path);
    }
  }

  private static float[] speak(Voice voice) throws IOException {
    SpeechStream stream =
        synthesizer.speak(
            new DocumentParser().parse(TEXT, "en"),
            voice,
            new SpeechSettings(1, Method.PARALLEL, 1));
    float[] samples = new float[0];
    for (Optional<SpeechBlock> b = stream.next(); b.isPresent(); b = stream.next()) {
      float[] own = b.get().samples();
      samples = Arrays.copyOf(samples, samples.length + own.length);
      System.arraycopy(own, 0, samples, samples.length - own.length, own.length);
    }
    return samples;
  }

  private static float[] recording(String path) throws IOException {
    float[] samples = new float[20 * 16_000];
    int length = 0;
    try (AudioSource source = new AudioFiles().open(path)) {
      int read;
      while ((read = source.read(samples, length, samples.length - length)) > 0) {
        length += read;
      }
    }
    return Arrays.copyOf(samples, length);
  }

  /** Average of the louder frames in bands of 500 Hz, decibels less their mean. */
  private static double[] spectrum(float[] samples) {
    int size = 256;
    double[][] frames = new double[samples.length / size][];
    double[] loudness = new double[frames.length];
    for (int t = 0; t < frames.length; t++) {
      frames[t] = new double[BANDS];
      for (int bin = 1; bin < size / 2; bin++) {
        double re = 0;
        double im = 0;
        for (int n = 0; n < size; n++) {
          double window = 0.5 - 0.5 * Math.cos(2 * Math.PI * n / size);
          double x = window * samples[t * size + n];
          re += x * Math.cos(2 * Math.PI * bin * n / size);
          im += x * Math.sin(2 * Math.PI * bin * n / size);
        }
        frames[t][bin * BANDS * 2 / size] += re * re + im * im;
      }
      loudness[t] = Arrays.stream(frames[t]).sum();
    }
    double loud = Arrays.stream(loudness).max().orElseThrow() * 0.01;
    double[] out = new double[BANDS];
    for (int t = 0; t < frames.length; t++) {
      if (loudness[t] > loud) {
        for (int b = 0; b < BANDS; b++) {
          out[b] += 10 * Math.log10(frames[t][b] + 1e-6);
        }
      }
    }
    double count = Arrays.stream(loudness).filter(x -> x > loud).count();
    double mean = Arrays.stream(out).average().orElseThrow() / count;
    return Arrays.stream(out).map(x -> x / count - mean).toArray();
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]) / a.length;
    }
    return Math.sqrt(sum);
  }

  @Test
  void speakersSoundDifferentAndEachLikeItsOwnReference() throws IOException {
    double[] austen = spectrum(speak(voice(AUSTEN)));
    double[] italian = spectrum(speak(voice(ITALIAN)));
    double[] austenSelf = spectrum(recording(AUSTEN));
    double[] italianSelf = spectrum(recording(ITALIAN));
    assertThat(distance(austen, italian)).isGreaterThan(2); // decibels
    assertThat(distance(austen, austenSelf)).isLessThan(distance(austen, italianSelf));
    assertThat(distance(italian, italianSelf)).isLessThan(distance(italian, austenSelf));
  }

  @Test
  void aRecordingGivesTheSameSoundEveryTime() throws IOException {
    assertThat(speak(voice(AUSTEN))).isEqualTo(speak(voice(AUSTEN)));
  }

  /** The same recording, spread over more time at the same pitch, is that of a slower speaker. */
  @Test
  void aSlowSpeakerGivesASlowVoice() throws IOException {
    Voice known = synthesizer.voices().get(0);
    Voice slow =
        new Voice(
            "slow",
            "en",
            known.manner(),
            known.timbre(),
            known.correction(),
            known.medianHz(),
            0,
            0.75);
    float[] plain = speak(known);
    float[] slower = speak(slow);
    assertThat(slower.length / (double) plain.length).isBetween(1.2, 1.4);
    Voice heardPlain = synthesizer.reference(new Samples(plain, plain.length), "plain");
    Voice heardSlow = synthesizer.reference(new Samples(slower, slower.length), "slow");
    assertThat(heardSlow.pace()).isLessThan(0.95 * heardPlain.pace());
  }

  private static double spread(float[] samples) {
    float[] hz = SpeechPitch.of(samples);
    double[] octaves = new double[hz.length];
    int count = 0;
    for (float f : hz) {
      if (f > 0) {
        octaves[count++] = Math.log(f) / Math.log(2);
      }
    }
    return PitchSpread.of(Arrays.copyOf(octaves, count));
  }

  @Test
  void thePitchMovesAsFarAsTheVoiceSays() throws IOException {
    Voice known = synthesizer.voices().get(0);
    for (double wanted : new double[] {0.1, 0.25}) {
      Voice voice =
          new Voice(
              "lively",
              "en",
              known.manner(),
              known.timbre(),
              known.correction(),
              known.medianHz(),
              wanted,
              1);
      assertThat(spread(speak(voice)) / wanted).isBetween(0.7, 1.3);
    }
  }

  @Test
  void theVoiceOfAManIsLow() throws IOException {
    Voice voice = voice(AUSTEN);
    assertThat(voice.medianHz()).isBetween(70.0, 120.0);
    assertThat(voice.pitchSpread()).isBetween(0.06, 0.4);
    assertThat(voice.pace()).isBetween(0.7, 1.3);
    Voice known = synthesizer.voices().get(0);
    assertThat(voice.manner()).hasSameSizeAs(known.manner());
    assertThat(voice.timbre()).hasSameSizeAs(known.timbre());
    assertThat(voice.correction()).hasSameSizeAs(known.correction());
  }

  /** What noise there is must not make a filter that howls. */
  @Test
  void theCorrectionIsBounded() throws IOException {
    float[] samples = recording(AUSTEN);
    Random random = new Random(5);
    for (int i = 0; i < samples.length; i++) {
      samples[i] += (float) (0.02 * random.nextGaussian());
    }
    Voice voice = synthesizer.reference(new Samples(samples, samples.length), "noisy");
    for (float c : voice.correction()) {
      assertThat(Math.abs(c)).isLessThan(6f);
    }
    for (float x : speak(voice)) {
      assertThat(Math.abs(x)).isLessThanOrEqualTo(1f);
    }
  }

  @Test
  void twentySecondsAreHeardOfARecordingWithoutEnd() throws IOException {
    float[] samples = recording(AUSTEN);
    Samples endless = new Samples(samples, Long.MAX_VALUE);
    synthesizer.reference(endless, "endless");
    assertThat(endless.given).isEqualTo(20 * 16_000);
  }

  @Test
  void aRecordingWithoutAVoiceIsRefused() {
    assertThatThrownBy(
            () -> synthesizer.reference(new Samples(new float[16_000], 64_000), "silence.wav"))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("No voice is heard in 'silence.wav'");
  }

  @Test
  void aRecordingThatIsTooShortIsRefused() throws IOException {
    float[] samples = recording(AUSTEN);
    assertThatThrownBy(() -> synthesizer.reference(new Samples(samples, 1600), "short.wav"))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("'short.wav' is too short");
  }

  /** Samples again and again, up to a number of them. */
  private static final class Samples implements AudioSource {
    private final float[] samples;
    private final long most;
    private long given;

    Samples(float[] samples, long most) {
      this.samples = samples;
      this.most = most;
    }

    @Override
    public int read(float[] buffer, int offset, int length) {
      int count = (int) Math.min(length, most - given);
      for (int i = 0; i < count; i++) {
        buffer[offset + i] = samples[(int) ((given + i) % samples.length)];
      }
      given += count;
      return count == 0 ? -1 : count;
    }

    @Override
    public AudioInfo info() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
