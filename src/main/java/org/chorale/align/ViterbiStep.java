package org.chorale.align;

import java.util.Arrays;

/**
 * One frame of the Viterbi recursion over a window of nodes. Both kernels and, later, the online
 * search share it, so that they cannot disagree.
 *
 * <p>Scores are float; they are kept near zero by subtracting the best of the frame before, which
 * keeps their steps below 0.001 nats however long the audio is. Nodes outside the window of a
 * column hold {@link #NONE}. Not thread-safe.
 */
final class ViterbiStep {

  static final float NONE = -1e30f;

  /** Back pointer of a node that stays; k > 0 is its (k-1)-th arc. */
  static final byte STAY = 0;

  private final Trellis trellis;
  private final int[] classOf;
  private final int[] firstArc;
  private final int[] arcFrom;
  private final float[] arcCost;
  private final float beam;

  /**
   * Emitting nodes with one free arc, out of an emitting node: most of them, the phones in a word.
   */
  private final boolean[] chain;

  /**
   * A step for one trellis.
   *
   * @param beam nodes at the edges of the window that score worse than the best by more than this
   *     are given up, nats; infinite for a full search
   */
  ViterbiStep(Trellis trellis, float beam) {
    this.trellis = trellis;
    this.classOf = trellis.classes();
    this.firstArc = trellis.firstArcs();
    this.arcFrom = trellis.arcSources();
    this.arcCost = trellis.arcCosts();
    this.beam = beam;
    this.chain = new boolean[trellis.nodes()];
    for (int n = 0; n < chain.length; n++) {
      int arc = firstArc[n];
      chain[n] =
          classOf[n] >= 0
              && firstArc[n + 1] == arc + 1
              && classOf[arcFrom[arc]] >= 0
              && arcCost[arc] == 0;
    }
  }

  /** Scores of all nodes after a frame, and the window outside of which they are NONE. */
  static final class Column {
    final float[] score;
    int from;
    int to;
    private int dirtyFrom;
    private int dirtyTo;

    Column(int nodes) {
      score = new float[nodes];
      Arrays.fill(score, NONE);
    }

    /** Empties the column but for the window that comes. */
    private void clear() {
      Arrays.fill(score, dirtyFrom, dirtyTo, NONE);
      from = 0;
      to = 0;
      dirtyFrom = 0;
      dirtyTo = 0;
    }

    void restore(float[] saved, int windowFrom) {
      clear();
      System.arraycopy(saved, 0, score, windowFrom, saved.length);
      from = windowFrom;
      to = windowFrom + saved.length;
      dirtyFrom = from;
      dirtyTo = to;
    }

    float[] save() {
      return Arrays.copyOfRange(score, from, to);
    }
  }

  /**
   * Computes a frame.
   *
   * @param before column of the frame before, null for the first frame
   * @param after column to fill
   * @param frameScores score per class
   * @param bandFrom first node to look at
   * @param bandTo one past the last node to look at
   * @param back back pointer per node from {@code before.from}; grown by the caller through {@link
   *     BackPointers}; null when not wanted
   * @return what was subtracted from all scores to keep the best at zero
   */
  float advance(
      Column before,
      Column after,
      float[] frameScores,
      int bandFrom,
      int bandTo,
      BackPointers back) {
    after.clear();
    int nodes = bandTo;
    int begin = before == null ? bandFrom : Math.max(bandFrom, before.from);
    int alive = before == null ? 1 : before.to;
    float[] old = before == null ? null : before.score;
    float[] now = after.score;
    float best = NONE;
    int limit = Math.min(nodes, alive + trellis.reach());
    float highest = highest(frameScores);
    if (back != null) {
      back.begin(begin);
    }
    int node = begin;
    for (; node < limit; node++) {
      int cls = classOf[node];
      float score;
      byte choice = STAY;
      if (chain[node]) {
        score = NONE;
        if (old != null) {
          score = old[node];
          float candidate = old[arcFrom[firstArc[node]]];
          if (candidate > score) {
            score = candidate;
            choice = 1;
          }
        }
        score = score > NONE / 2 ? score + frameScores[cls] : NONE;
        if (score > best) {
          best = score;
        }
      } else if (cls >= 0) {
        score = old == null ? NONE : old[node];
        for (int a = firstArc[node], k = 1; a < firstArc[node + 1]; a++, k++) {
          int source = arcFrom[a];
          float candidate =
              (classOf[source] < 0
                      ? (source >= begin && source < node ? now[source] : NONE)
                      : (old == null ? NONE : old[source]))
                  - arcCost[a];
          if (candidate > score) {
            score = candidate;
            choice = (byte) k;
          }
        }
        score = score > NONE / 2 ? score + frameScores[cls] : NONE;
        if (score > best) {
          best = score;
        }
      } else {
        score = old == null && node == 0 ? 0 : NONE;
        for (int a = firstArc[node], k = 1; a < firstArc[node + 1]; a++, k++) {
          int source = arcFrom[a];
          float candidate =
              (classOf[source] < 0
                      ? (source >= begin ? now[source] : NONE)
                      : (old == null ? NONE : old[source]))
                  - arcCost[a];
          if (candidate > score) {
            score = candidate;
            choice = (byte) k;
          }
        }
        if (score < NONE / 2) {
          score = NONE;
        }
      }
      now[node] = score;
      if (back != null) {
        back.add(choice);
      }
      if (node + 1 > alive && score > NONE && score + highest >= best - beam) {
        // A node reached ahead of the window opens the way to what follows it, unless all that
        // follows will be given up at the end of this frame.
        alive = node + 1;
        limit = Math.min(nodes, alive + trellis.reach());
      }
    }
    after.dirtyFrom = begin;
    after.dirtyTo = node;
    if (best <= NONE / 2) {
      after.from = begin;
      after.to = begin;
      return 0;
    }
    float worst = best - beam;
    int from = begin;
    while (from < node && now[from] < worst) {
      from++;
    }
    int to = node;
    while (to > from && now[to - 1] < worst) {
      to--;
    }
    Arrays.fill(now, begin, from, NONE);
    Arrays.fill(now, to, node, NONE);
    for (int n = from; n < to; n++) {
      if (now[n] > NONE) {
        now[n] -= best;
      }
    }
    after.from = from;
    after.to = to;
    return best;
  }

  private static float highest(float[] frameScores) {
    float highest = 0;
    for (float score : frameScores) {
      highest = Math.max(highest, score);
    }
    return highest;
  }

  /** Back pointers of consecutive frames, one byte a node of each frame's window. */
  static final class BackPointers {
    private byte[][] rows;
    private int[] begins;
    private int frames;
    private byte[] row = new byte[1024];
    private int length;

    BackPointers(int frames) {
      rows = new byte[frames][];
      begins = new int[frames];
    }

    private void begin(int node) {
      begins[frames] = node;
      length = 0;
    }

    private void add(byte choice) {
      if (length == row.length) {
        row = Arrays.copyOf(row, length * 2);
      }
      row[length++] = choice;
    }

    void endFrame() {
      rows[frames++] = Arrays.copyOf(row, length);
    }

    byte choice(int frame, int node) {
      return rows[frame][node - begins[frame]];
    }
  }

  /** The best score with which a path can end after a column, and through which arc chain. */
  float endScore(Column last, int[] chosenNode) {
    // Junctions after the last frame: walk the junction nodes once more, without emissions.
    int nodes = trellis.nodes();
    float[] junction = new float[nodes];
    int[] origin = new int[nodes];
    Arrays.fill(junction, NONE);
    for (int node = last.from; node < nodes; node++) {
      if (classOf[node] >= 0) {
        continue;
      }
      for (int a = firstArc[node]; a < firstArc[node + 1]; a++) {
        int source = arcFrom[a];
        boolean silent = classOf[source] < 0;
        float candidate = (silent ? junction[source] : last.score[source]) - arcCost[a];
        if (candidate > junction[node]) {
          junction[node] = candidate;
          origin[node] = silent ? origin[source] : source;
        }
      }
    }
    chosenNode[0] = origin[nodes - 1];
    return junction[nodes - 1] > NONE / 2 ? junction[nodes - 1] : NONE;
  }
}
