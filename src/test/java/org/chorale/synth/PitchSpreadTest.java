package org.chorale.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PitchSpreadTest {

  @Test
  void isTheDeviationOfANormalDistributionWhateverTheTrackerMistook() {
    Random random = new Random(4);
    double[] octaves = new double[2001];
    for (int i = 0; i < octaves.length; i++) {
      octaves[i] = 7 + 0.2 * random.nextGaussian() + (i % 25 == 0 ? 1 : 0);
    }
    assertThat(PitchSpread.of(octaves)).isCloseTo(0.2, within(0.02));
  }

  @Test
  void ofOneValueIsNothing() {
    assertThat(PitchSpread.of(new double[] {7})).isZero();
  }
}
