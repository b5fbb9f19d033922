package org.chorale.align;

import java.util.List;
import java.util.Map;

/**
 * Mean error of the boundaries of a model by kind of transition, learned on development truth, to
 * be taken off. Kinds are pairs of broad classes (silence, vowel, stop, ...). Immutable.
 */
public final class TransitionBias {

  private final int[] groupOf;
  private final double[][] seconds;

  /**
   * A table.
   *
   * @param groupOf broad class of every class of the model
   * @param seconds mean error by broad class of the left and the right phone, seconds; positive
   *     when the model is late
   */
  public TransitionBias(int[] groupOf, double[][] seconds) {
    this.groupOf = groupOf.clone();
    this.seconds = new double[seconds.length][];
    for (int i = 0; i < seconds.length; i++) {
      this.seconds[i] = seconds[i].clone();
    }
  }

  /** A table without entries for a model of so many classes. */
  public static TransitionBias none(int classes) {
    return new TransitionBias(new int[classes], new double[1][1]);
  }

  /**
   * A table from broad classes by name, as the manifest of a model gives it.
   *
   * @param groups name of the broad class of every class
   * @param milliseconds mean error by "left right"; pairs that are not named have none
   */
  public static TransitionBias of(List<String> groups, Map<String, Double> milliseconds) {
    List<String> names = groups.stream().distinct().toList();
    int[] groupOf = groups.stream().mapToInt(names::indexOf).toArray();
    double[][] table = new double[names.size()][names.size()];
    for (int l = 0; l < names.size(); l++) {
      for (int r = 0; r < names.size(); r++) {
        table[l][r] = milliseconds.getOrDefault(names.get(l) + " " + names.get(r), 0.0) / 1000;
      }
    }
    return new TransitionBias(groupOf, table);
  }

  /** The mean error of the boundary between two classes, seconds. */
  public double seconds(int left, int right) {
    return seconds[groupOf[left]][groupOf[right]];
  }
}
