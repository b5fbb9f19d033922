package org.chorale.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.chorale.acoustic.BandLevels;
import org.chorale.acoustic.BoundaryModel;
import org.chorale.acoustic.Emissions;
import org.junit.jupiter.api.Test;

/** Fine boundaries and the edges of pauses, on paths and levels made by hand. */
class BoundariesTest {

  private static final int CLASSES = 3;
  private static final int STAR = CLASSES;
  private static final SearchSettings SETTINGS =
      new SearchSettings(0, 15, 5, 5, 1, 30, 0.3f, 0f, 50);
  private static final PhoneClasses PHONES =
      new PhoneClasses(
          List.of("sil", "a", "s"),
          0,
          new float[CLASSES],
          0.01,
          TransitionBias.of(List.of("silence", "vowel", "fricative"), Map.of("vowel silence", 7.0)),
          DurationModel.none(CLASSES));

  /** Levels of noise whose amplitude is that of a function of the millisecond. */
  private static BandLevels levels(int milliseconds, IntToDoubleFunction amplitude) {
    Random random = new Random(1);
    float[] samples = new float[16 * milliseconds];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (amplitude.applyAsDouble(i / 16) * random.nextGaussian());
    }
    BandLevels.Builder builder = new BandLevels.Builder();
    builder.accept(samples, 0, samples.length);
    return builder.build();
  }

  private static final class Row {
    final Trellis.Builder builder = new Trellis.Builder();
    int[] path = new int[0];
    int[] classes = new int[0];

    Row() {
      builder.junction();
    }

    Row add(int phone, int word, int frames) {
      int node = builder.emit(phone, word);
      int from = path.length;
      path = Arrays.copyOf(path, from + frames);
      classes = Arrays.copyOf(classes, from + frames);
      Arrays.fill(path, from, from + frames, node);
      Arrays.fill(classes, from, from + frames, phone);
      return this;
    }

    Segments segments() {
      builder.junction();
      return Segments.of(builder.build(), path);
    }

    /** Scores that are sure of the path. */
    SpeechScores scores() {
      Emissions.Builder rows = new Emissions.Builder(CLASSES);
      for (int phone : classes) {
        float[] row = new float[CLASSES];
        Arrays.fill(row, -6);
        row[phone < CLASSES ? phone : 1] = -0.01f;
        rows.add(row, 1);
      }
      return new SpeechScores(
          rows.build(classes.length), new float[CLASSES], 0, new int[0], SETTINGS);
    }
  }

  private static double[] edges(Segments segments) {
    double[] out = new double[segments.count() + 1];
    for (int s = 0; s < segments.count(); s++) {
      out[s] = segments.start(s) / 100.0;
    }
    out[segments.count()] = segments.end(segments.count() - 1) / 100.0;
    return out;
  }

  @Test
  void aWordEndsWhereItsLevelFallsToTheMiddle() {
    // 60 dB within 60 ms after 300 ms: half of them are gone after 30.
    BandLevels levels =
        levels(
            600, ms -> ms < 300 ? 0.3 : Math.max(0.0003, 0.3 * Math.pow(10, -(ms - 300) / 20.0)));
    Segments segments = new Row().add(1, 0, 29).add(0, TextTrellis.SILENCE, 31).segments();

    double[] moved = PauseEdges.moved(segments, edges(segments), 0, levels);

    assertThat(moved[1]).isCloseTo(0.33, within(0.01));
    assertThat(moved[0]).isZero();
    assertThat(moved[2]).isEqualTo(0.6);
  }

  @Test
  void aWordBeginsWhereItsLevelRises() {
    BandLevels levels =
        levels(
            600, ms -> ms > 300 ? 0.3 : Math.max(0.0003, 0.3 * Math.pow(10, -(300 - ms) / 20.0)));
    Segments segments = new Row().add(0, TextTrellis.SILENCE, 31).add(1, 0, 29).segments();

    assertThat(PauseEdges.moved(segments, edges(segments), 0, levels)[1])
        .isCloseTo(0.27, within(0.01));
  }

  @Test
  void anEdgeBehindTheFallStays() {
    BandLevels levels = levels(600, ms -> ms < 250 ? 0.3 : 0.0003);
    Segments segments = new Row().add(1, 0, 30).add(0, TextTrellis.SILENCE, 30).segments();
    double[] edges = edges(segments);

    assertThat(PauseEdges.moved(segments, edges, 0, levels)).isEqualTo(edges);
  }

  @Test
  void nothingMovesInNoiseOrInARoomThatRings() {
    Segments segments = new Row().add(1, 0, 30).add(0, TextTrellis.SILENCE, 60).segments();
    double[] edges = edges(segments);
    BandLevels noise = levels(900, ms -> ms < 300 ? 0.3 : 0.15);
    // 60 dB in 0.6 s.
    BandLevels room = levels(900, ms -> ms < 300 ? 0.3 : 0.3 * Math.pow(10, -(ms - 300) / 200.0));

    assertThat(PauseEdges.moved(segments, edges, 0, noise)).isEqualTo(edges);
    assertThat(PauseEdges.moved(segments, edges, 0, room)).isEqualTo(edges);
  }

  /** Says that every boundary is 4 ms behind the middle frame, and remembers what it was shown. */
  private static final class FourLate implements BoundaryModel {
    float[] cues = new float[0];
    float[] levels = new float[0];
    int shown;

    @Override
    public int reachFrames() {
      return 2;
    }

    @Override
    public int kind(int phoneClass) {
      return phoneClass;
    }

    @Override
    public int kinds() {
      return CLASSES;
    }

    @Override
    public int scoreFrames() {
      return 4;
    }

    @Override
    public float[] places(int count, float[] someLevels, float[] someCues) {
      cues = someCues;
      levels = someLevels;
      shown += count;
      float[] out = new float[count];
      Arrays.fill(out, 0.004f);
      return out;
    }
  }

  @Test
  void aBoundaryIsDescribedToTheModelAsItSays() {
    Row row = new Row().add(1, 0, 10).add(2, 0, 20);
    Segments segments = row.segments();
    FourLate model = new FourLate();
    BandLevels levels = levels(300, ms -> 0.1);

    double[] moved =
        new FineBoundaries(model, 0.01)
            .moved(segments, new double[] {0, 0.102, 0.3}, row.scores(), levels);

    assertThat(moved).containsExactly(new double[] {0, 0.104, 0.3}, within(1e-6));
    assertThat(model.levels).hasSize(5 * BandLevels.BANDS);
    float[] middle = new float[BandLevels.BANDS];
    levels.copyFrame(20, middle, 0);
    assertThat(Arrays.copyOfRange(model.levels, 32, 48)).isEqualTo(middle);
    float below = -5.99f / 4;
    assertThat(model.cues)
        .containsExactly(
            new float[] {
              0,
              1,
              0, // before: class 1
              0,
              0,
              1, // after: class 2
              0,
              0,
              below,
              below, // the phone before, frames 8 to 11
              below,
              below,
              0,
              0, // the phone after
              (float) (Math.log(0.112) + 2.5),
              (float) (Math.log(0.208) + 2.5),
              0.2f
            },
            within(1e-3f));
  }

  @Test
  void theModelSeesEveryBoundaryOnceButThoseOfTheStar() {
    Row row = new Row();
    for (int k = 0; k < 300; k++) {
      row.add(1 + k % 2, 0, 3);
    }
    row.add(STAR, TextTrellis.STAR, 5).add(1, 1, 3);
    Segments segments = row.segments();
    FourLate model = new FourLate();
    double[] edges = edges(segments);

    double[] moved =
        new FineBoundaries(model, 0.01)
            .moved(segments, edges, row.scores(), levels(10 * row.path.length, ms -> 0.1));

    assertThat(model.shown).isEqualTo(299);
    for (int s = 1; s < 300; s++) {
      assertThat(moved[s]).isCloseTo(edges[s] + 0.004, within(1e-6));
    }
    assertThat(moved[300]).isEqualTo(edges[300]);
    assertThat(moved[301]).isEqualTo(edges[301]);
  }

  @Test
  void withoutAModelTheMeanErrorIsTakenOff() {
    Row row = new Row().add(2, 0, 20).add(1, 0, 20).add(0, TextTrellis.SILENCE, 20);
    Trellis trellis = row.segments().trellis();
    Boundaries boundaries = new Boundaries(PHONES, 0, null);

    double[] times = boundaries.of(trellis, row.path, row.scores(), null, 0.6);

    assertThat(times).hasSize(61);
    assertThat(times[0]).isZero();
    assertThat(times[20]).isCloseTo(0.2, within(0.005));
    assertThat(times[40]).isCloseTo(0.4 - 0.007, within(0.005));
    assertThat(times[60]).isEqualTo(0.6);
    assertThat(Arrays.stream(times).filter(Double::isNaN).count()).isEqualTo(57);
  }

  @Test
  void starAndHesitationHaveNoMeanError() {
    Row row =
        new Row()
            .add(1, 0, 20)
            .add(STAR, TextTrellis.STAR, 20)
            .add(1, 1, 20)
            .add(STAR + 1, TextTrellis.STAR, 20)
            .add(1, 2, 20);
    Trellis trellis = row.segments().trellis();

    double[] times = new Boundaries(PHONES, 0, null).of(trellis, row.path, row.scores(), null, 1);

    assertThat(Arrays.stream(times).filter(t -> !Double.isNaN(t)).count()).isEqualTo(6);
    FourLate model = new FourLate();
    new FineBoundaries(model, 0.01)
        .moved(row.segments(), edges(row.segments()), row.scores(), levels(1000, ms -> 0.1));
    assertThat(model.shown).isZero();
  }
}
