package org.chorale.acoustic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OnlineEmissionsTest {

  /** A model whose one "posterior" is minus the sum of the samples a frame may see. */
  private static final class SumModel implements AcousticModel {
    @Override
    public int frameSamples() {
      return 10;
    }

    @Override
    public int frameMultiple() {
      return 2;
    }

    @Override
    public int contextSamples() {
      return 25;
    }

    @Override
    public int classes() {
      return 1;
    }

    @Override
    public float[] logPosteriors(float[] samples) {
      int frames = (samples.length - 50) / 10;
      float[] out = new float[frames];
      for (int f = 0; f < frames; f++) {
        for (int i = f * 10; i < f * 10 + 60; i++) {
          out[f] -= samples[i];
        }
      }
      return out;
    }
  }

  private static List<Float> emitted(float[] samples, int runFrames, Random chunks) {
    List<Float> out = new ArrayList<>();
    OnlineEmissions online =
        new OnlineEmissions(
            new SumModel(),
            runFrames,
            (posteriors, frames) -> {
              for (int f = 0; f < frames; f++) {
                out.add(posteriors[f]);
              }
            });
    int at = 0;
    while (at < samples.length) {
      int count = Math.min(samples.length - at, 1 + chunks.nextInt(70));
      online.accept(samples, at, count);
      at += count;
    }
    long frames = online.finish();
    return out.subList(0, (int) frames);
  }

  @Property(tries = 300)
  void anyChunkingGivesTheSameEmissionsAndEveryFrameSeesItsContext(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 700) int length,
      @ForAll @IntRange(min = 1, max = 6) int pairs,
      @ForAll boolean longRuns) {
    Random random = new Random(seed);
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = random.nextInt(16) / 16f;
    }

    List<Float> frames = emitted(samples, (longRuns ? 300 : 2) * pairs, random);

    assertThat(frames).hasSize((length + 5) / 10);
    for (int f = 0; f < frames.size(); f++) {
      float expected = 0;
      for (int i = Math.max(0, f * 10 - 25); i < Math.min(length, f * 10 + 35); i++) {
        expected -= samples[i];
      }
      assertThat(frames.get(f)).isEqualTo(expected);
    }
  }

  @Test
  void theLastRunOfAShortStreamIsShort() {
    List<Integer> runs = new ArrayList<>();
    OnlineEmissions online =
        new OnlineEmissions(new SumModel(), 1000, (posteriors, frames) -> runs.add(frames));
    online.accept(new float[12_010], 0, 12_010);

    assertThat(online.finish()).isEqualTo(1201);
    assertThat(runs).containsExactly(1000, 400);
  }

  @Test
  void runsAreMultiplesOfTheModelsFrames() {
    assertThatThrownBy(() -> new OnlineEmissions(new SumModel(), 3, (p, n) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("multiple of 2");
  }
}
