package org.chorale.acoustic;

import java.util.Arrays;
import java.util.Set;

/**
 * The classes of a model that a text needs, and one for all others, which has the posterior of the
 * best of them. A vocabulary may have thousands of tokens; only what the alignment asks for is
 * kept. Immutable.
 */
public final class ClassSelection {

  private final int[] kept;
  private final int[] indexOf;

  /**
   * A selection.
   *
   * @param classes number of classes of the model
   * @param needed indices of those to keep
   */
  public ClassSelection(int classes, Set<Integer> needed) {
    this.kept = needed.stream().mapToInt(Integer::intValue).sorted().toArray();
    this.indexOf = new int[classes];
    Arrays.fill(indexOf, kept.length);
    for (int i = 0; i < kept.length; i++) {
      indexOf[kept[i]] = i;
    }
  }

  /** Number of classes selected, the one for all others included. */
  public int size() {
    return kept.length + 1;
  }

  /** Where a class of the model is found: its own place, or that of all others. */
  public int indexOf(int modelClass) {
    return indexOf[modelClass];
  }

  /** The classes of the model that are kept, ascending. */
  public int[] kept() {
    return kept.clone();
  }

  /**
   * Selects from one frame.
   *
   * @param row log posteriors of all classes of the model, from {@code rowStart}
   * @param target receives {@link #size()} values from {@code targetStart}
   */
  void select(float[] row, int rowStart, float[] target, int targetStart) {
    Arrays.fill(target, targetStart, targetStart + size(), Float.NEGATIVE_INFINITY);
    for (int c = 0; c < indexOf.length; c++) {
      int at = targetStart + indexOf[c];
      target[at] = Math.max(target[at], row[rowStart + c]);
    }
  }
}
