package org.chorale.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.chorale.align.ViterbiKernel.NoPathException;
import org.chorale.align.ViterbiKernel.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The band around anchors leads to the path of the full search. */
class GuidedSearchTest {

  private static final int CLASSES = 40;
  private static final int WORDS = 320;
  private static final SearchSettings SETTINGS =
      new SearchSettings(0, 40, 4, 20, 3, 30, 0.3f, 0f, 4000);

  /** How the text differs from what is spoken. */
  private enum Difference {
    NONE,
    PASSAGE_TOO_MUCH,
    PASSAGE_MISSING,
    PASSAGE_TWICE_IN_TEXT,
    PASSAGE_TWICE_IN_AUDIO,
    HALF_REPLACED,
    OTHER_TEXT
  }

  private record Table(List<float[]> rows) implements EmissionScores {
    @Override
    public int frames() {
      return rows.size();
    }

    @Override
    public int classes() {
      return CLASSES + 1;
    }

    @Override
    public void scores(int frame, float[] target) {
      System.arraycopy(rows.get(frame), 0, target, 0, CLASSES + 1);
    }
  }

  private static List<int[]> words(Random random, int count) {
    return IntStream.range(0, count)
        .mapToObj(w -> random.ints(2 + random.nextInt(5), 1, CLASSES).toArray())
        .toList();
  }

  /** What a model makes of spoken words: one phone in six is taken for another. */
  private static Table heard(Random random, List<int[]> spoken) {
    List<float[]> rows = new ArrayList<>();
    for (int[] word : spoken) {
      for (int phone : word) {
        int seems = random.nextInt(6) == 0 ? 1 + random.nextInt(CLASSES - 1) : phone;
        emit(random, rows, phone, seems, 3 + random.nextInt(5));
      }
      if (random.nextInt(5) == 0) {
        emit(random, rows, 0, 0, 10 + random.nextInt(20));
      }
    }
    return new Table(rows);
  }

  private static void emit(Random random, List<float[]> rows, int phone, int seems, int frames) {
    for (int f = 0; f < frames; f++) {
      float[] row = new float[CLASSES + 1];
      for (int c = 0; c < CLASSES; c++) {
        row[c] = -5 - 3 * random.nextFloat();
      }
      row[phone] = -2 - random.nextFloat();
      row[seems] = -0.5f * random.nextFloat();
      row[CLASSES] = row[seems == 0 ? phone : seems] - SETTINGS.starFrameCost();
      rows.add(row);
    }
  }

  private static List<int[]> joined(List<List<int[]>> parts) {
    return parts.stream().flatMap(List::stream).toList();
  }

  private static List<int[]> text(Random random, List<int[]> said, Difference difference) {
    return switch (difference) {
      case NONE, PASSAGE_TWICE_IN_AUDIO -> said;
      case PASSAGE_TOO_MUCH ->
          joined(List.of(said.subList(0, 100), words(random, 60), said.subList(100, WORDS)));
      case PASSAGE_MISSING -> joined(List.of(said.subList(0, 100), said.subList(160, WORDS)));
      case PASSAGE_TWICE_IN_TEXT -> joined(List.of(said.subList(0, 140), said.subList(100, WORDS)));
      case HALF_REPLACED -> joined(List.of(said.subList(0, WORDS / 2), words(random, WORDS / 2)));
      case OTHER_TEXT -> words(random, WORDS);
    };
  }

  private static List<List<Reading>> readings(List<int[]> words) {
    return words.stream().map(w -> List.of(new Reading(List.of(List.of(w))))).toList();
  }

  @ParameterizedTest
  @EnumSource
  void thePathIsThatOfTheFullSearch(Difference difference) throws NoPathException {
    Random random = new Random(difference.ordinal() + 11);
    List<int[]> said = words(random, WORDS);
    List<int[]> spoken =
        difference == Difference.PASSAGE_TWICE_IN_AUDIO
            ? joined(List.of(said.subList(0, 140), said.subList(100, WORDS)))
            : said;
    Table scores = heard(random, spoken);
    List<List<Reading>> text = readings(text(random, said, difference));
    Trellis trellis = TextTrellis.of(text, 0, CLASSES, SETTINGS);

    Path guided = new GuidedSearch(0, CLASSES, 4000, 0).bestPath(trellis, text, scores);
    Path full = new CheckpointedViterbi(Float.POSITIVE_INFINITY).bestPath(trellis, scores);

    assertThat(guided.nodes()).isEqualTo(full.nodes());
  }

  @ParameterizedTest
  @EnumSource
  void anchorsAreTrueAndTheBandIsNarrow(Difference difference) {
    Random random = new Random(difference.ordinal() + 31);
    List<int[]> said = words(random, WORDS);
    Table scores = heard(random, said);
    List<int[]> words = text(random, said, difference);
    List<List<Reading>> text = readings(words);

    Anchors anchors = Anchors.between(HeardPhones.of(scores, 0, CLASSES), WrittenPhones.of(text));

    int frame = -1;
    int word = 0;
    for (int i = 0; i < anchors.count(); i++) {
      assertThat(anchors.frames()[i]).isGreaterThan(frame);
      assertThat(anchors.words()[i]).isGreaterThanOrEqualTo(word);
      frame = anchors.frames()[i];
      word = anchors.words()[i];
    }
    if (difference == Difference.OTHER_TEXT) {
      assertThat(anchors.count()).isZero();
    }
    if (difference == Difference.NONE) {
      assertThat(anchors.count()).isGreaterThan(40);
      Trellis trellis = TextTrellis.of(text, 0, CLASSES, SETTINGS);
      Band band = Band.around(anchors, trellis, scores.frames(), 1);
      long cells = 0;
      for (int t = 0; t < scores.frames(); t++) {
        cells += band.to(t) - band.from(t);
      }
      assertThat(band.isExact()).isTrue();
      assertThat(cells).isLessThan((long) trellis.nodes() * scores.frames() / 3);
    }
  }

  @Test
  void whereNothingIsUniqueTheAnchorsAreGuessed() {
    Random random = new Random(5);
    List<List<int[]>> lines = IntStream.range(0, 6).mapToObj(l -> words(random, 8)).toList();
    List<int[]> said = new ArrayList<>();
    for (int l = 0, before = -1; l < 300; l++) {
      int next = (before + 1 + random.nextInt(5)) % 6; // every line fifty times, none twice running
      said.addAll(lines.get(next));
      before = next;
    }
    Table scores = heard(random, said);
    HeardPhones heard = HeardPhones.of(scores, 0, CLASSES);
    WrittenPhones written = WrittenPhones.of(readings(said));

    assertThat(Anchors.between(heard, written).count()).isZero();
    Anchors guessed = Anchors.guessedBetween(heard, written);

    // Frames of a word are told by how many phones, of equal length in the mean, come before it.
    assertThat(guessed.count()).isGreaterThan(500);
    int phones = said.stream().mapToInt(w -> w.length).sum();
    int[] before = new int[said.size() + 1];
    for (int w = 0; w < said.size(); w++) {
      before[w + 1] = before[w] + said.get(w).length;
    }
    for (int i = 0; i < guessed.count(); i++) {
      double share = guessed.frames()[i] / (double) scores.frames();
      double expected = before[guessed.words()[i]] / (double) phones;
      assertThat(share).isCloseTo(expected, within(0.01));
    }
  }

  @Property(tries = 100)
  void theBandNeverMovesBackAndHoldsItsAnchors(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 30) int count) {
    Random random = new Random(seed);
    Trellis trellis = TextTrellis.of(readings(words(random, 200)), 0, CLASSES, SETTINGS);
    int frames = 20_000;
    int[] at = random.ints(count, 0, frames).distinct().sorted().toArray();
    int[] words = random.ints(at.length, 0, 200).sorted().toArray();

    Band band = Band.around(new Anchors(at, words), trellis, frames, 1);

    int from = 0;
    int to = 0;
    for (int t = 0; t < frames; t++) {
      assertThat(band.from(t)).isGreaterThanOrEqualTo(from).isLessThan(band.to(t));
      assertThat(band.to(t)).isGreaterThanOrEqualTo(to).isLessThanOrEqualTo(trellis.nodes());
      from = band.from(t);
      to = band.to(t);
    }
    assertThat(band.from(0)).isZero();
    assertThat(to).isEqualTo(trellis.nodes());
    for (int i = 0; i < at.length; i++) {
      for (int n = band.from(at[i]); n < band.to(at[i]); n++) {
        if (trellis.wordOf(n) == words[i]) {
          return;
        }
      }
      throw new AssertionError("anchor " + i + " is outside of the band");
    }
  }
}
