package org.chorale.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PulseTrainTest {

  @Test
  void hasPowerOneAndOnePulseAPeriod() {
    float[] hz = new float[100];
    Arrays.fill(hz, 125);
    float[] x = PulseTrain.of(hz);
    double power = 0;
    int pulses = 0;
    for (float v : x) {
      power += v * v / x.length;
      pulses += v > 5 ? 1 : 0;
    }
    assertThat(x).hasSize(16_000);
    assertThat(power).isCloseTo(1, within(0.02));
    assertThat(pulses).isBetween(120, 260); // 125 peaks of one or two samples each
  }

  @Test
  void isSilentWhereNothingIsVoiced() {
    float[] hz = new float[40];
    Arrays.fill(hz, 10, 20, 200);
    float[] x = PulseTrain.of(hz);
    for (int i = 0; i < 9 * 160; i++) {
      assertThat(x[i]).isZero();
    }
    for (int i = 22 * 160; i < x.length; i++) {
      assertThat(x[i]).isZero();
    }
    assertThat(PulseTrain.of(new float[3])).containsOnly(0).hasSize(480);
  }
}
