package org.chorale.acoustic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class EmissionsTest {

  @Test
  void keepsWhatWasAddedAcrossBlocksWithinTheStep() {
    Random random = new Random(3);
    int frames = 9_001;
    float[] values = new float[frames * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = -30 * random.nextFloat();
    }
    Emissions.Builder builder = new Emissions.Builder(3);
    builder.add(values, 5_000);
    float[] rest = new float[(frames - 5_000) * 3];
    System.arraycopy(values, 15_000, rest, 0, rest.length);
    builder.add(rest, frames - 5_000);

    Emissions emissions = builder.build(9_000);

    assertThat(emissions.frames()).isEqualTo(9_000);
    float[] frame = new float[3];
    for (int t = 0; t < emissions.frames(); t++) {
      emissions.copyFrame(t, frame);
      for (int c = 0; c < 3; c++) {
        assertThat(frame[c]).isCloseTo(values[t * 3 + c], Offset.offset(1 / 2048f + 1e-6f));
        assertThat(emissions.get(t, c)).isEqualTo(frame[c]);
      }
    }
  }

  @Test
  void clampsWhatDoesNotFit() {
    Emissions.Builder builder = new Emissions.Builder(2);
    builder.add(new float[] {-100f, 0.5f}, 1);
    Emissions emissions = builder.build(1);
    assertThat(emissions.get(0, 0)).isEqualTo(-31.99f, Offset.offset(0.001f));
    assertThat(emissions.get(0, 1)).isZero();
  }
}
