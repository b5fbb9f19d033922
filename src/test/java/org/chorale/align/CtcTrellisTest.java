package org.chorale.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.chorale.acoustic.Emissions;
import org.junit.jupiter.api.Test;

/** The trellis against the definition of CTC: every labelling of the frames, collapsed. */
class CtcTrellisTest {

  private static final int BLANK = 0;
  private static final int A = 1;
  private static final int B = 2;
  private static final int SEPARATOR = 3;
  private static final int CLASSES = 4;

  /** Prices that nobody pays where the text can be spoken at all. */
  private static final SearchSettings CLOSED =
      new SearchSettings(0, 1e4f, 1e4f, 1e4f, 0, 30, 0.3f, 0, Float.POSITIVE_INFINITY);

  private static Emissions emissions(int frames, Random random) {
    Emissions.Builder builder = new Emissions.Builder(CLASSES);
    for (int t = 0; t < frames; t++) {
      float[] row = new float[CLASSES];
      for (int c = 0; c < CLASSES; c++) {
        row[c] = -8 * random.nextFloat();
      }
      builder.add(row, 1);
    }
    return builder.build(frames);
  }

  private static ViterbiKernel.Path path(
      List<List<Reading>> words, Emissions emissions, boolean separated, SearchSettings settings)
      throws Exception {
    CtcScores scores = new CtcScores(emissions, settings.starFrameCost());
    Trellis trellis = CtcTrellis.of(words, classes(separated), scores.starClass(), settings);
    return new FullViterbi().bestPath(trellis, scores);
  }

  private static CtcClasses classes(boolean separated) {
    return new CtcClasses(List.of("-", "a", "b", "|"), BLANK, separated ? SEPARATOR : -1, 0, 0.02);
  }

  /** The best labelling whose collapsed form is allowed; negative infinity when there is none. */
  private static double best(Emissions emissions, Set<String> allowed, boolean separated) {
    int frames = emissions.frames();
    int labels = separated ? CLASSES : CLASSES - 1;
    double best = Double.NEGATIVE_INFINITY;
    int[] label = new int[frames];
    int count = (int) Math.pow(labels, frames);
    for (int code = 0; code < count; code++) {
      int rest = code;
      double sum = 0;
      for (int t = 0; t < frames; t++) {
        label[t] = rest % labels;
        rest /= labels;
        sum += emissions.get(t, label[t]);
      }
      if (sum > best && allowed.contains(collapsed(label))) {
        best = sum;
      }
    }
    return best;
  }

  /** CTC: runs become one, blanks go; runs of separators and those at the ends go, too. */
  private static String collapsed(int[] label) {
    StringBuilder out = new StringBuilder();
    int before = BLANK;
    for (int c : label) {
      if (c != before && c != BLANK) {
        out.append("-ab|".charAt(c));
      }
      before = c;
    }
    return out.toString().replaceAll("\\|+", "|").replaceAll("^\\||\\|$", "");
  }

  /** Words with or without a separator between them. */
  private static Set<String> joined(List<Set<String>> words) {
    Set<String> out = new TreeSet<>(words.get(0));
    for (Set<String> word : words.subList(1, words.size())) {
      Set<String> longer = new TreeSet<>();
      for (String left : out) {
        for (String right : word) {
          longer.add(left + right);
          longer.add(left + "|" + right);
        }
      }
      out = longer;
    }
    return out;
  }

  private static int[] row(String word) {
    return word.chars().map(c -> c == 'a' ? A : B).toArray();
  }

  private static List<List<Reading>> readings(List<Set<String>> words) {
    List<List<Reading>> out = new ArrayList<>();
    for (Set<String> word : words) {
      out.add(List.of(new Reading(List.of(word.stream().map(CtcTrellisTest::row).toList()))));
    }
    return out;
  }

  @Test
  void thePathIsTheBestLabellingThatCollapsesToTheText() throws Exception {
    Random random = new Random(7);
    List<List<Set<String>>> texts =
        List.of(
            List.of(Set.of("a")),
            List.of(Set.of("aa")),
            List.of(Set.of("ab"), Set.of("b")),
            List.of(Set.of("a"), Set.of("a"), Set.of("a")),
            List.of(Set.of("abba")),
            List.of(new TreeSet<>(Set.of("ab", "a")), new TreeSet<>(Set.of("b", "ab"))),
            List.of(Set.of("bb"), Set.of("ba")));
    for (List<Set<String>> text : texts) {
      for (boolean separated : new boolean[] {false, true}) {
        for (int frames = 1; frames <= 7; frames++) {
          Emissions emissions = emissions(frames, random);
          double truth = best(emissions, joined(text), separated);
          double found = path(readings(text), emissions, separated, CLOSED).score();
          if (Double.isInfinite(truth)) {
            assertThat(found).as("%s in %d frames", text, frames).isLessThan(-5000);
          } else {
            assertThat(found).as("%s in %d frames", text, frames).isCloseTo(truth, within(1e-3));
          }
        }
      }
    }
  }

  /** "Twenty one" of "21": spoken words of one written word, apart like words. */
  @Test
  void spokenWordsOfOneWordMayBeSeparated() throws Exception {
    Random random = new Random(8);
    List<List<Reading>> words =
        List.of(List.of(new Reading(List.of(List.of(row("ab")), List.of(row("ba"), row("a"))))));
    Set<String> allowed = Set.of("abba", "ab|ba", "aba", "ab|a");
    for (int round = 0; round < 20; round++) {
      Emissions emissions = emissions(7, random);
      assertThat(path(words, emissions, true, CLOSED).score())
          .isCloseTo(best(emissions, allowed, true), within(1e-3));
    }
  }

  @Test
  void aSkippedRunCostsOneEntryAndEveryWord() throws Exception {
    // Blank is certain: nothing is spoken, all three words are skipped.
    float[] silence = new float[CLASSES];
    Arrays.fill(silence, -30);
    silence[BLANK] = 0;
    Emissions.Builder builder = new Emissions.Builder(CLASSES);
    for (int t = 0; t < 5; t++) {
      builder.add(silence, 1);
    }
    List<List<Reading>> words = readings(List.of(Set.of("a"), Set.of("b"), Set.of("a")));
    SearchSettings settings =
        new SearchSettings(0, 10, 2, 1000, 1, 30, 0.3f, 0, Float.POSITIVE_INFINITY);
    ViterbiKernel.Path path = path(words, builder.build(5), true, settings);
    assertThat(path.score()).isCloseTo(-10 - 3 * 2, within(1e-3));
  }
}
