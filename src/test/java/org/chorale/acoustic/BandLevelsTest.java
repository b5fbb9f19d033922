package org.chorale.acoustic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BandLevelsTest {

  private static float[] noise(int samples) {
    Random random = new Random(5);
    float[] out = new float[samples];
    for (int i = 0; i < samples; i++) {
      out[i] = 0.1f * (float) random.nextGaussian();
    }
    return out;
  }

  private static BandLevels levels(BandLevels.Builder builder, float[] samples, int block) {
    for (int at = 0; at < samples.length; at += block) {
      builder.accept(samples, at, Math.min(block, samples.length - at));
    }
    return builder.build();
  }

  private static float[] all(BandLevels levels) {
    float[] out = new float[levels.frames() * BandLevels.BANDS];
    for (int f = 0; f < levels.frames(); f++) {
      levels.copyFrame(f, out, f * BandLevels.BANDS);
    }
    return out;
  }

  @Test
  void blocksMakeNoDifference() {
    float[] samples = noise(10_007);
    float[] whole = all(levels(new BandLevels.Builder(), samples, samples.length));
    assertThat(whole).hasSize((10_007 / 80 + 1) * BandLevels.BANDS);
    for (int block : new int[] {1, 79, 300, 4_096}) {
      assertThat(all(levels(new BandLevels.Builder(), samples, block))).isEqualTo(whole);
    }
  }

  @Test
  void theFileHoldsWhatMemoryHolds(@TempDir Path folder) {
    float[] samples = noise(80 * 20_000); // more than two blocks
    float[] inMemory = all(levels(new BandLevels.Builder(), samples, 16_000));
    try (BandLevels spilt = levels(new BandLevels.Builder(0, folder), samples, 16_000)) {
      assertThat(all(spilt)).isEqualTo(inMemory);
    }
  }

  @Test
  void aClickIsLoudestInTheFrameAtItsPlace() {
    float[] samples = new float[16_000];
    samples[80 * 57] = 1;
    BandLevels levels = levels(new BandLevels.Builder(), samples, 1_000);
    float[] all = all(levels);
    for (int b = 0; b < BandLevels.BANDS; b++) {
      int loudest = 0;
      for (int f = 1; f < levels.frames(); f++) {
        if (all[f * BandLevels.BANDS + b] > all[loudest * BandLevels.BANDS + b]) {
          loudest = f;
        }
      }
      assertThat(loudest).isEqualTo(57);
    }
  }

  @Test
  void aToneIsLoudestInItsBand() {
    float[] samples = new float[8_000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = 0.5f * (float) Math.sin(2 * Math.PI * 3_000 * i / 16_000);
    }
    BandLevels levels = levels(new BandLevels.Builder(), samples, 500);
    float[] frame = new float[BandLevels.BANDS];
    levels.copyFrame(50, frame, 0);
    int loudest = 0;
    for (int b = 1; b < frame.length; b++) {
      loudest = frame[b] > frame[loudest] ? b : loudest;
    }
    // Band b lies about mel 150 + (b + 1) * 158; 3,000 Hz are 1,876 mel.
    assertThat(loudest).isEqualTo(10);
    assertThat(frame[10] - frame[2]).isGreaterThan(8);
  }

  @Test
  void beforeAndBehindAllIsAsAtTheEnds() {
    BandLevels levels = levels(new BandLevels.Builder(), noise(1_000), 1_000);
    float[] inside = new float[BandLevels.BANDS];
    float[] outside = new float[BandLevels.BANDS];
    levels.copyFrame(0, inside, 0);
    levels.copyFrame(-7, outside, 0);
    assertThat(outside).isEqualTo(inside);
    levels.copyFrame(levels.frames() - 1, inside, 0);
    levels.copyFrame(levels.frames() + 3, outside, 0);
    assertThat(outside).isEqualTo(inside);
  }
}
