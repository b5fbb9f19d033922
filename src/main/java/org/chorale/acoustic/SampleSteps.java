package org.chorale.acoustic;

import java.util.ArrayDeque;
import java.util.Deque;

/** Cuts samples that come in blocks of any size into steps of one size. Not thread-safe. */
public final class SampleSteps {

  private final int stepSamples;
  private final Deque<float[]> whole = new ArrayDeque<>();
  private float[] open;
  private int filled;
  private long samples;

  /** Steps of so many samples. */
  public SampleSteps(int stepSamples) {
    this.stepSamples = stepSamples;
    this.open = new float[stepSamples];
  }

  /** Adds samples. */
  public void add(float[] block, int offset, int length) {
    samples += length;
    int from = offset;
    int left = length;
    while (left > 0) {
      int count = Math.min(left, stepSamples - filled);
      System.arraycopy(block, from, open, filled, count);
      filled += count;
      from += count;
      left -= count;
      if (filled == stepSamples) {
        whole.add(open);
        open = new float[stepSamples];
        filled = 0;
      }
    }
  }

  /** Adds silence until the last sample lies in a whole step and {@code more} samples behind it. */
  public void addSilence(int more) {
    long before = samples;
    int fill = (stepSamples - (filled + more) % stepSamples) % stepSamples;
    add(new float[more + fill], 0, more + fill);
    samples = before;
  }

  /** Samples added so far. */
  public long samples() {
    return samples;
  }

  /** Whole steps that wait. */
  public int waiting() {
    return whole.size();
  }

  /**
   * The next whole steps as one: as many as wait, one, two, four and so on, at most {@code most}.
   *
   * @return null when no whole step waits
   */
  public float[] next(int most) {
    int count = Integer.highestOneBit(Math.min(most, whole.size()));
    if (count <= 1) {
      return whole.poll();
    }
    float[] joined = new float[count * stepSamples];
    for (int k = 0; k < count; k++) {
      System.arraycopy(whole.poll(), 0, joined, k * stepSamples, stepSamples);
    }
    return joined;
  }
}
