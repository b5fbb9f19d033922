package org.chorale.evaluation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Pairs two sequences of spellings in order: the longest run that both hold, then the same left and
 * right of it (Ratcliff and Obershelp's "gestalt" matching, as in Python's difflib, whose choices
 * among equals are kept so that the figures agree with the scorer's).
 */
final class WordPairing {

  private final List<String> left;
  private final Map<String, int[]> placesRight;
  private final int[] partner;

  private WordPairing(List<String> left, List<String> right) {
    this.left = left;
    this.placesRight = new HashMap<>();
    for (int j = 0; j < right.size(); j++) {
      int[] before = placesRight.getOrDefault(right.get(j), new int[0]);
      int[] places = Arrays.copyOf(before, before.length + 1);
      places[before.length] = j;
      placesRight.put(right.get(j), places);
    }
    this.partner = new int[left.size()];
    Arrays.fill(partner, -1);
  }

  /** For every element of {@code left} the index of its partner in {@code right}, or -1. */
  static int[] of(List<String> left, List<String> right) {
    WordPairing pairing = new WordPairing(left, right);
    pairing.match(0, left.size(), 0, right.size());
    return pairing.partner;
  }

  private void match(int fromLeft, int toLeft, int fromRight, int toRight) {
    // A loop on the right-hand part keeps the recursion as deep as the matching is lopsided left.
    int leftAt = fromLeft;
    int rightAt = fromRight;
    while (leftAt < toLeft && rightAt < toRight) {
      int[] run = longestRun(leftAt, toLeft, rightAt, toRight);
      if (run[2] == 0) {
        return;
      }
      match(leftAt, run[0], rightAt, run[1]);
      for (int k = 0; k < run[2]; k++) {
        partner[run[0] + k] = run[1] + k;
      }
      leftAt = run[0] + run[2];
      rightAt = run[1] + run[2];
    }
  }

  private int[] longestRun(int fromLeft, int toLeft, int fromRight, int toRight) {
    int bestLeft = fromLeft;
    int bestRight = fromRight;
    int bestSize = 0;
    Map<Integer, Integer> lengths = new HashMap<>();
    for (int i = fromLeft; i < toLeft; i++) {
      Map<Integer, Integer> next = new HashMap<>();
      for (int j : placesRight.getOrDefault(left.get(i), new int[0])) {
        if (j < fromRight) {
          continue;
        }
        if (j >= toRight) {
          break;
        }
        int size = lengths.getOrDefault(j - 1, 0) + 1;
        next.put(j, size);
        if (size > bestSize) {
          bestLeft = i - size + 1;
          bestRight = j - size + 1;
          bestSize = size;
        }
      }
      lengths = next;
    }
    return new int[] {bestLeft, bestRight, bestSize};
  }
}
