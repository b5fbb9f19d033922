package org.chorale.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.chorale.acoustic.Emissions;
import org.junit.jupiter.api.Test;

class DurationRefinerTest {

  private static final int CLASSES = 4;
  private static final SearchSettings SETTINGS =
      new SearchSettings(0, 15, 5, 5, 1, 30, 0.3f, 1f, 50);
  // Class 0 is silence, of any length.
  private static final DurationModel DURATIONS =
      new DurationModel(new double[] {0, 3, 5, 4}, new double[] {0, 0.4, 0.5, 0.6});

  private static SpeechScores scores(Random random, int frames) {
    Emissions.Builder builder = new Emissions.Builder(CLASSES);
    float[] rows = new float[frames * CLASSES];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = -random.nextInt(64) / 8f;
    }
    builder.add(rows, frames);
    return new SpeechScores(builder.build(frames), new float[CLASSES], 0, new int[0], SETTINGS);
  }

  /** One word of the given phones. */
  private static Trellis trellis(int... phones) {
    return TextTrellis.of(
        List.of(List.of(new Reading(List.of(List.of(phones))))), 0, CLASSES, SETTINGS);
  }

  /** A path that lies on the phones of the word, evenly. */
  private static int[] even(Trellis trellis, int phones, int frames) {
    int[] nodes = new int[phones];
    int found = 0;
    for (int node = 0; found < phones; node++) {
      if (trellis.classOf(node) != Trellis.JUNCTION && trellis.wordOf(node) == 0) {
        nodes[found++] = node;
      }
    }
    int[] path = new int[frames];
    Arrays.setAll(path, t -> nodes[t * phones / frames]);
    return path;
  }

  private static double total(Trellis trellis, int[] path, SpeechScores scores) {
    double sum = 0;
    int start = 0;
    for (int t = 0; t < path.length; t++) {
      sum += scores.score(t, trellis.classOf(path[t]));
      if (t + 1 == path.length || path[t + 1] != path[t]) {
        sum += DURATIONS.logDensity(trellis.classOf(path[t]), t + 1 - start, 0);
        start = t + 1;
      }
    }
    return sum;
  }

  @Property(tries = 200)
  void theRefinedPathIsTheBestOfAll(
      @ForAll long seed, @ForAll @IntRange(min = 3, max = 11) int frames) {
    Random random = new Random(seed);
    SpeechScores scores = scores(random, frames);
    Trellis trellis = trellis(1 + random.nextInt(3), 1 + random.nextInt(3), 1 + random.nextInt(3));
    int[] path = even(trellis, 3, frames);
    DurationRefiner refiner = new DurationRefiner(DURATIONS, 1, 1e12); // no local rate

    int[] refined = refiner.refined(trellis, path, scores);

    assertThat(Arrays.stream(refined).distinct().toArray())
        .isEqualTo(Arrays.stream(path).distinct().toArray());
    double best = Double.NEGATIVE_INFINITY;
    for (int a = 1; a < frames - 1; a++) {
      for (int b = a + 1; b < frames; b++) {
        int[] other = new int[frames];
        Arrays.fill(other, 0, a, path[0]);
        Arrays.fill(other, a, b, path[frames / 2]);
        Arrays.fill(other, b, frames, path[frames - 1]);
        best = Math.max(best, total(trellis, other, scores));
      }
    }
    assertThat(total(trellis, refined, scores)).isCloseTo(best, within(1e-9));
  }

  /** Two equal phones, and a sound that does not say where one ends. */
  @Test
  void equalPhonesShareTheirStretch() {
    Emissions.Builder builder = new Emissions.Builder(CLASSES);
    builder.add(new float[10 * CLASSES], 10);
    SpeechScores scores =
        new SpeechScores(builder.build(10), new float[CLASSES], 0, new int[0], SETTINGS);
    Trellis trellis = trellis(2, 2);
    int[] path = even(trellis, 2, 10);
    int[] squeezed = path.clone();
    Arrays.fill(squeezed, 1, 10, path[9]);
    assertThat(new DurationRefiner(DURATIONS, 1, 6).refined(trellis, squeezed, scores))
        .isEqualTo(path);
    assertThat(new DurationRefiner(DURATIONS, 0, 6).refined(trellis, squeezed, scores))
        .isEqualTo(squeezed);
  }

  @Test
  void aLongPathMovesNoFurtherThanItsWindow() {
    Random random = new Random(3);
    int frames = 600;
    SpeechScores scores = scores(random, frames);
    Trellis trellis = trellis(1, 2, 3);
    int[] path = even(trellis, 3, frames);
    int[] refined = new DurationRefiner(DURATIONS, 5, 6).refined(trellis, path, scores);
    for (int t = 0; t < frames; t++) {
      boolean near = Math.abs(t - 200) <= 30 || Math.abs(t - 400) <= 30;
      assertThat(near || refined[t] == path[t]).isTrue();
    }
  }
}
