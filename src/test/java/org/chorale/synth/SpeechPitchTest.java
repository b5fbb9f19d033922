package org.chorale.synth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpeechPitchTest {

  /** Eight harmonics of a tone that rises by an octave in a second. */
  private static float[] rising(double lowestHz, int seconds) {
    float[] out = new float[seconds * 16_000];
    double cycles = 0;
    for (int i = 0; i < out.length; i++) {
      cycles += lowestHz * Math.pow(2, i / (double) out.length) / 16_000;
      for (int k = 1; k <= 8; k++) {
        out[i] += (float) (0.05 / k * Math.sin(2 * Math.PI * k * cycles));
      }
    }
    return out;
  }

  @Test
  void followsATone() {
    float[] hz = SpeechPitch.of(rising(110, 2));
    assertThat(hz).hasSize(200);
    for (int t = 5; t < 195; t++) {
      double truth = 110 * Math.pow(2, (t + 0.5) / 200);
      assertThat(hz[t] / truth).isBetween(0.98, 1.02);
    }
  }

  @Test
  void noiseAndSilenceHaveNoPitch() {
    float[] samples = new float[16_000];
    assertThat(SpeechPitch.of(samples)).containsOnly(0f);
    Random random = new Random(2);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.1 * random.nextGaussian());
    }
    float[] hz = SpeechPitch.of(samples);
    int voiced = 0;
    for (float f : hz) {
      voiced += f > 0 ? 1 : 0;
    }
    assertThat(voiced).isLessThan(hz.length / 10);
  }

  @Test
  void lessThanAFrameHasNone() {
    assertThat(SpeechPitch.of(new float[0])).isEmpty();
    assertThat(SpeechPitch.of(new float[159])).isEmpty();
    assertThat(SpeechPitch.of(Arrays.copyOf(rising(200, 1), 161))).hasSize(1);
  }
}
