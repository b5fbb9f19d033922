package org.chorale.align;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HeardWordsTest {

  private static final double SKIPPED = Double.NaN;

  private static double[] join(double[]... parts) {
    return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
  }

  private static double[] words(int count, double evidence) {
    double[] out = new double[count];
    Arrays.fill(out, evidence);
    return out;
  }

  private static int heard(boolean[] words, int from, int to) {
    int count = 0;
    for (int w = from; w < to; w++) {
      count += words[w] ? 1 : 0;
    }
    return count;
  }

  @Test
  void weakWordsAreHeardAmongGoodOnes() {
    double[] evidence = words(60, -0.3);
    for (int w = 5; w < 60; w += 7) {
      evidence[w] = -6;
    }
    assertThat(heard(HeardWords.of(evidence), 0, 60)).isEqualTo(60);
  }

  @Test
  void shortTextsOfWeakWordsAreHeard() {
    assertThat(heard(HeardWords.of(words(5, -5)), 0, 5)).isEqualTo(5);
  }

  @Test
  void crammedPassageIsNotHeardAndItsNeighboursAre() {
    boolean[] heard = HeardWords.of(join(words(30, -0.5), words(25, -3.6), words(30, -0.5)));
    assertThat(heard(heard, 0, 30)).isEqualTo(30);
    assertThat(heard(heard, 30, 55)).isZero();
    assertThat(heard(heard, 55, 85)).isEqualTo(30);
  }

  @Test
  void fewWeakWordsAmidSkippedOnesGoWithThem() {
    boolean[] heard =
        HeardWords.of(
            join(
                words(20, -0.5),
                words(15, SKIPPED),
                words(3, -2.2),
                words(15, SKIPPED),
                words(20, -0.5)));
    assertThat(heard(heard, 35, 38)).isZero();
    assertThat(heard(heard, 0, 20) + heard(heard, 53, 73)).isEqualTo(40);
  }

  @Test
  void wordsThatAreWellHeardAmidSkippedOnesStay() {
    boolean[] heard =
        HeardWords.of(
            join(
                words(20, -0.5),
                words(15, SKIPPED),
                words(5, -0.3),
                words(15, SKIPPED),
                words(20, -0.5)));
    assertThat(heard(heard, 35, 40)).isEqualTo(5);
  }

  @Test
  void nothingIsHeardOfNothing() {
    assertThat(HeardWords.of(new double[0])).isEmpty();
  }
}
