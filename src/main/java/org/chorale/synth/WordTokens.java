package org.chorale.synth;

import java.util.Arrays;

/**
 * The tokens of a stretch of a recording and the mean of their features.
 *
 * @param first index of the first of them
 * @param tokens the tokens
 * @param embedding mean of their features; all zero where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // a view, never compared
public record WordTokens(long first, int[] tokens, float[] embedding) {

  /** Collects the tokens of a stretch. Not thread-safe. */
  static final class Builder {
    private final long first;
    private final float[] sum;
    private int[] tokens = new int[16];
    private int count;

    Builder(long first, int width) {
      this.first = first;
      this.sum = new float[width];
    }

    void add(int token, float[] features) {
      if (count == tokens.length) {
        tokens = Arrays.copyOf(tokens, 2 * count);
      }
      tokens[count++] = token;
      for (int i = 0; i < sum.length; i++) {
        sum[i] += features[i];
      }
    }

    int count() {
      return count;
    }

    WordTokens build() {
      float[] mean = new float[sum.length];
      for (int i = 0; i < mean.length && count > 0; i++) {
        mean[i] = sum[i] / count;
      }
      return new WordTokens(first, Arrays.copyOf(tokens, count), mean);
    }
  }
}
