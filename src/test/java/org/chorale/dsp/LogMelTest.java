package org.chorale.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.chorale.dsp.LogMelSettings.Framing;
import org.chorale.dsp.LogMelSettings.MelScale;
import org.chorale.dsp.LogMelSettings.Window;
import org.junit.jupiter.api.Test;

/** Against torchaudio; {@code src/test/python/log_mel_truth.py} wrote the truth. */
class LogMelTest {

  private static final Path TRUTH = Path.of("src/test/resources/dsp");

  /** The signal of the script, to the last bit. */
  private static float[] signal(int samples) {
    float[] out = new float[samples];
    long state = 12345;
    for (int i = 0; i < samples; i++) {
      state = (state * 1103515245 + 12345) & 0x7FFFFFFF;
      double noise = (state >> 15) / 32768.0 - 1.0;
      out[i] = (float) (0.3 * Math.sin(2 * Math.PI * (300 + 0.4 * i) * i / 16000) + 0.05 * noise);
    }
    return out;
  }

  private static void check(String file, float[] features, int mels) throws IOException {
    List<String> rows = Files.readAllLines(TRUTH.resolve(file));
    assertThat(features).hasSize(rows.size() * mels);
    for (int t = 0; t < rows.size(); t++) {
      String[] row = rows.get(t).split("\t");
      assertThat(row).hasSize(mels);
      for (int m = 0; m < mels; m++) {
        assertThat(features[t * mels + m])
            .as("frame %d filter %d", t, m)
            .isCloseTo(Float.parseFloat(row[m]), within(0.004f));
      }
    }
  }

  @Test
  void nemo() throws IOException {
    LogMel mel = new LogMel(LogMelSettings.nemo());
    float[] features = mel.of(signal(2000));
    assertThat(mel.frames(2000)).isEqualTo(13);
    check("nemo.tsv", features, 80);
    Normalisation.perFeature(features, 80);
    check("nemo-normalised.tsv", features, 80);
  }

  @Test
  void kaldi() throws IOException {
    check("kaldi.tsv", new LogMel(LogMelSettings.kaldi()).of(signal(2000)), 80);
  }

  @Test
  void kaldiWithWholeFramesOf16BitValues() throws IOException {
    LogMelSettings k = LogMelSettings.kaldi();
    LogMel mel =
        new LogMel(
            new LogMelSettings(
                16_000,
                32_768,
                k.preemphasis(),
                true,
                true,
                400,
                160,
                Framing.WHOLE,
                Window.POVEY,
                512,
                true,
                80,
                MelScale.HTK,
                20,
                7600,
                true,
                false,
                k.logGuard(),
                false));
    check("kaldi-whole.tsv", mel.of(signal(2000)), 80);
    assertThat(mel.of(new float[399])).isEmpty();
  }

  @Test
  void magnitudesOnTheHtkScaleWithMirroredEnds() throws IOException {
    LogMelSettings settings =
        new LogMelSettings(
            16_000,
            1,
            0,
            false,
            false,
            400,
            160,
            Framing.CENTRED_MIRRORED,
            Window.HAMMING,
            512,
            false,
            40,
            MelScale.HTK,
            100,
            7000,
            false,
            false,
            1e-5,
            false);
    check("htk-mirrored.tsv", new LogMel(settings).of(signal(2000)), 40);
  }

  @Test
  void silenceAndTheShortestSignalsAreFinite() {
    for (LogMelSettings settings : List.of(LogMelSettings.nemo(), LogMelSettings.kaldi())) {
      for (int samples : new int[] {0, 1, 2, 159, 400}) {
        float[] features = new LogMel(settings).of(new float[samples]);
        for (float f : features) {
          assertThat(f).isCloseTo((float) Math.log(settings.logGuard()), within(0.01f));
        }
      }
    }
  }

  @Test
  void samplesAreNormalisedAsWav2vecWants() {
    float[] samples = signal(1000);
    float[] out = Normalisation.zeroMeanUnitVariance(samples, 0);
    assertThat(Normalisation.variance(out)).isCloseTo(1, within(1e-4));
    float[] louder = samples.clone();
    for (int i = 0; i < louder.length; i++) {
      louder[i] = 3 * louder[i] + 0.1f;
    }
    float[] same = Normalisation.zeroMeanUnitVariance(louder, 0);
    for (int i = 0; i < out.length; i++) {
      assertThat(same[i]).isCloseTo(out[i], within(1e-3f));
    }
    // A pause is not blown up to the level of speech.
    float[] pause = new float[1000];
    pause[0] = 0.001f;
    assertThat(Normalisation.zeroMeanUnitVariance(pause, 0.01)[0]).isLessThan(0.02f);
  }

  @Test
  void settingsThatDoNotGoTogetherAreRefused() {
    LogMelSettings n = LogMelSettings.nemo();
    assertThatThrownBy(
            () ->
                new LogMelSettings(
                    n.sampleRate(),
                    n.sampleScale(),
                    n.preemphasis(),
                    false,
                    false,
                    400,
                    160,
                    n.framing(),
                    n.window(),
                    400,
                    true,
                    80,
                    n.scale(),
                    0,
                    8000,
                    false,
                    true,
                    1e-5,
                    true))
        .hasMessageContaining("power of two");
  }
}
