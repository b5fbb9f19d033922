package org.chorale.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.chorale.align.ViterbiKernel.NoPathException;
import org.chorale.align.ViterbiKernel.Path;
import org.junit.jupiter.api.Test;

class ViterbiKernelTest {

  private static final int CLASSES = 6;
  private static final SearchSettings SETTINGS =
      new SearchSettings(0, 15, 5, 5, 1, 30, 0.3f, 0f, 50);

  /** A table of scores as the search wants it. */
  record Table(float[][] rows) implements EmissionScores {
    @Override
    public int frames() {
      return rows.length;
    }

    @Override
    public int classes() {
      return CLASSES + 1;
    }

    @Override
    public void scores(int frame, float[] target) {
      System.arraycopy(rows[frame], 0, target, 0, CLASSES + 1);
    }
  }

  private static Table randomTable(Random random, int frames) {
    float[][] rows = new float[frames][CLASSES + 1];
    for (float[] row : rows) {
      for (int c = 0; c < row.length; c++) {
        row[c] = -8 * random.nextFloat();
      }
    }
    return new Table(rows);
  }

  private static List<List<Reading>> randomText(Random random, int words) {
    List<List<Reading>> text = new ArrayList<>();
    for (int w = 0; w < words; w++) {
      List<Reading> readings = new ArrayList<>();
      for (int r = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(2); r > 0; r--) {
        List<List<int[]>> spoken = new ArrayList<>();
        for (int s = 1 + random.nextInt(2); s > 0; s--) {
          List<int[]> pronunciations = new ArrayList<>();
          for (int p = 1 + random.nextInt(2); p > 0; p--) {
            pronunciations.add(random.ints(1 + random.nextInt(3), 1, CLASSES).toArray());
          }
          spoken.add(pronunciations);
        }
        readings.add(new Reading(spoken));
      }
      text.add(readings);
    }
    return text;
  }

  /** The recursion written down without windows, checkpoints or bytes, in double. */
  private static double referenceScore(Trellis trellis, EmissionScores scores) {
    int nodes = trellis.nodes();
    double[] old = null;
    float[] frame = new float[scores.classes()];
    for (int t = 0; t <= scores.frames(); t++) {
      boolean end = t == scores.frames();
      if (!end) {
        scores.scores(t, frame);
      }
      double[] now = new double[nodes];
      for (int n = 0; n < nodes; n++) {
        boolean emits = trellis.classOf(n) >= 0;
        double best = emits && old != null ? old[n] : Double.NEGATIVE_INFINITY;
        if (n == 0 && t == 0) {
          best = 0;
        }
        for (int a = trellis.firstArcs()[n]; a < trellis.firstArcs()[n + 1]; a++) {
          int source = trellis.arcSources()[a];
          double from =
              trellis.classOf(source) < 0
                  ? now[source]
                  : old == null ? Double.NEGATIVE_INFINITY : old[source];
          best = Math.max(best, from - trellis.arcCosts()[a]);
        }
        now[n] = emits && !end ? best + frame[trellis.classOf(n)] : best;
      }
      if (end) {
        return now[nodes - 1];
      }
      old = now;
    }
    throw new AssertionError();
  }

  @Property(tries = 200)
  void everyKernelFindsThePathOfTheReference(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 8) int words) throws NoPathException {
    Random random = new Random(seed);
    Trellis trellis = TextTrellis.of(randomText(random, words), 0, CLASSES, SETTINGS);
    Table scores = randomTable(random, 1 + random.nextInt(400));

    Path full = new FullViterbi().bestPath(trellis, scores);
    Path checkpointed = new CheckpointedViterbi(Float.POSITIVE_INFINITY).bestPath(trellis, scores);
    Path beamed = new CheckpointedViterbi(2000).bestPath(trellis, scores);
    Path again = new CheckpointedViterbi(2000, 0, 1000, 0).bestPath(trellis, scores);
    Path half = new CheckpointedViterbi(2000, 500, 1000, 0).bestPath(trellis, scores);
    Path settling = new CheckpointedViterbi(2000, 5000, 1000, 0).bestPath(trellis, scores);
    Path early = new CheckpointedViterbi(2000, 5000, 40, 30).bestPath(trellis, scores);
    Path late = new CheckpointedViterbi(2000, 0, 40, 0).bestPath(trellis, scores);

    assertThat(full.score()).isCloseTo(referenceScore(trellis, scores), offset(0.05));
    assertThat(checkpointed.nodes()).isEqualTo(full.nodes());
    assertThat(beamed.nodes()).isEqualTo(full.nodes());
    assertThat(again.nodes()).isEqualTo(full.nodes());
    assertThat(half.nodes()).isEqualTo(full.nodes());
    assertThat(settling.nodes()).isEqualTo(full.nodes());
    assertThat(early).usingRecursiveComparison().isEqualTo(full);
    assertThat(late).usingRecursiveComparison().isEqualTo(full);
  }

  @Property(tries = 200)
  void wordsComeInOrderAndEveryNodeFollowsAnArc(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int words) throws NoPathException {
    Random random = new Random(seed);
    Trellis trellis = TextTrellis.of(randomText(random, words), 0, CLASSES, SETTINGS);
    Table scores = randomTable(random, 1 + random.nextInt(300));

    int[] nodes = new CheckpointedViterbi(500).bestPath(trellis, scores).nodes();

    int last = -1;
    for (int node : nodes) {
      assertThat(trellis.classOf(node)).isNotNegative();
      int word = trellis.wordOf(node);
      if (word >= 0) {
        assertThat(word).isGreaterThanOrEqualTo(last);
        last = word;
      }
    }
  }

  @Test
  void narrowBeamOnALongTextStillFindsTheWayThatTheScoresShow() throws NoPathException {
    // 400 words in a known order, each phone three frames: the path is plain to see.
    Random random = new Random(7);
    List<List<Reading>> text = new ArrayList<>();
    List<float[]> rows = new ArrayList<>();
    List<Integer> expected = new ArrayList<>();
    int before = 0;
    for (int w = 0; w < 400; w++) {
      int[] phones = new int[3];
      for (int p = 0; p < phones.length; p++) {
        // Never the same phone twice in a row: the edge between them could lie anywhere.
        phones[p] = 1 + (before + random.nextInt(CLASSES - 2)) % (CLASSES - 1);
        before = phones[p];
      }
      text.add(List.of(new Reading(List.of(List.of(phones)))));
      for (int phone : phones) {
        for (int k = 0; k < 3; k++) {
          float[] row = new float[CLASSES + 1];
          Arrays.fill(row, -6);
          row[phone] = -0.1f;
          rows.add(row);
          expected.add(w);
        }
      }
    }
    Trellis trellis = TextTrellis.of(text, 0, CLASSES, SETTINGS);

    Path path =
        new CheckpointedViterbi(100).bestPath(trellis, new Table(rows.toArray(float[][]::new)));

    assertThat(Arrays.stream(path.nodes()).map(trellis::wordOf).boxed().toList())
        .isEqualTo(expected);
  }

  @Test
  void noFramesNoPath() {
    Trellis trellis = TextTrellis.of(List.of(), 0, CLASSES, SETTINGS);
    Table none = new Table(new float[0][]);
    assertThatThrownBy(() -> new FullViterbi().bestPath(trellis, none))
        .isInstanceOf(NoPathException.class);
    assertThatThrownBy(() -> new CheckpointedViterbi(10).bestPath(trellis, none))
        .isInstanceOf(NoPathException.class);
  }
}
