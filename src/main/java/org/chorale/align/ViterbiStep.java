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

  /** An emitting node whose one arc is free and comes out of the emitting node before it. */
  private static final byte CHAIN = 0;

  /** An emitting node whose one arc is free and comes out of a junction: how a word begins. */
  private static final byte OPENING = 1;

  /** Any other emitting node. */
  private static final byte EMITTING = 2;

  private static final byte SILENT = 3;

  private final Trellis trellis;
  private final int[] classOf;
  private final int[] firstArc;
  private final int[] arcFrom;
  private final float[] arcCost;
  private final float beam;
  private final byte[] kind;
  private float[] shifted = new float[0];

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
    this.kind = new byte[trellis.nodes()];
    for (int n = 0; n < kind.length; n++) {
      kind[n] = kind(n);
    }
  }

  private byte kind(int node) {
    if (classOf[node] < 0) {
      return SILENT;
    }
    int arc = firstArc[node];
    if (firstArc[node + 1] != arc + 1 || arcCost[arc] != 0 || arcFrom[arc] > node) {
      return EMITTING;
    }
    if (classOf[arcFrom[arc]] < 0) {
      return OPENING;
    }
    return arcFrom[arc] == node - 1 ? CHAIN : EMITTING;
  }

  /** Scores of all nodes after a frame, and the window outside of which they are NONE. */
  static final class Column {
    final float[] score;
    int from;
    int to;

    /** The best score: what the next column takes off. */
    float best;

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

    void restore(float[] saved, int windowFrom, float bestScore) {
      clear();
      System.arraycopy(saved, 0, score, windowFrom, saved.length);
      from = windowFrom;
      to = windowFrom + saved.length;
      best = bestScore;
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
   * @param back gets the frame's back pointers; null when not wanted
   * @return what the column before was too high by and this one no longer is
   */
  float advance(
      Column before,
      Column after,
      float[] frameScores,
      int bandFrom,
      int bandTo,
      BackPointers back) {
    after.clear();
    int begin = before == null ? bandFrom : Math.max(bandFrom, before.from);
    // What a column holds outside of its window is NONE, and NONE it stays whatever is added: it is
    // so large that nothing shows beside it. So the loop need not ask.
    float[] old = before == null ? new Column(trellis.nodes()).score : before.score;
    float[] now = after.score;
    int alive = before == null ? 1 : before.to;
    int limit = Math.min(bandTo, alive + trellis.reach());
    float[] gain = shifted(frameScores, before == null ? 0 : before.best);
    float ahead = highest(gain) + beam;
    float best = NONE;
    byte[] choices = back == null ? null : back.begin(begin, limit);
    int node = begin;
    for (; node < limit; node++) {
      float score;
      byte choice = STAY;
      switch (kind[node]) {
        case CHAIN -> {
          score = old[node];
          float candidate = node > 0 ? old[node - 1] : NONE;
          if (candidate > score) {
            score = candidate;
            choice = 1;
          }
          score += gain[classOf[node]];
          best = score > best ? score : best;
        }
        case OPENING -> {
          score = old[node];
          int source = arcFrom[firstArc[node]];
          float candidate = source >= begin ? now[source] : NONE;
          if (candidate > score) {
            score = candidate;
            choice = 1;
          }
          score += gain[classOf[node]];
          best = score > best ? score : best;
        }
        case EMITTING -> {
          score = old[node];
          for (int a = firstArc[node], k = 1; a < firstArc[node + 1]; a++, k++) {
            float candidate = from(arcFrom[a], begin, old, now) - arcCost[a];
            if (candidate > score) {
              score = candidate;
              choice = (byte) k;
            }
          }
          score += gain[classOf[node]];
          best = score > best ? score : best;
        }
        default -> {
          score = before == null && node == 0 ? 0 : NONE;
          for (int a = firstArc[node], k = 1; a < firstArc[node + 1]; a++, k++) {
            float candidate = from(arcFrom[a], begin, old, now) - arcCost[a];
            if (candidate > score) {
              score = candidate;
              choice = (byte) k;
            }
          }
        }
      }
      now[node] = score;
      if (choices != null) {
        choices[node - begin] = choice;
      }
      if (node + 1 > alive && score > NONE && score + ahead >= best) {
        // A node reached ahead of the window opens the way to what follows it, unless all that
        // follows will be given up at the end of this frame.
        alive = node + 1;
        limit = Math.min(bandTo, alive + trellis.reach());
        if (choices != null) {
          choices = back.room(limit - begin);
        }
      }
    }
    if (back != null) {
      back.end(node - begin);
    }
    after.dirtyFrom = begin;
    after.dirtyTo = node;
    after.best = best;
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
    after.from = from;
    after.to = to;
    return before == null ? 0 : before.best;
  }

  /** The score with which an arc out of a node begins: junctions take no time. */
  private float from(int source, int begin, float[] old, float[] now) {
    if (classOf[source] < 0) {
      return source >= begin ? now[source] : NONE;
    }
    return old[source];
  }

  /** The scores of a frame less the best of the column before, which keeps columns near zero. */
  private float[] shifted(float[] frameScores, float best) {
    if (shifted.length < frameScores.length) {
      shifted = new float[frameScores.length];
    }
    for (int c = 0; c < frameScores.length; c++) {
      shifted[c] = frameScores[c] - best;
    }
    return shifted;
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
    private byte[][] rows = new byte[64][];
    private int[] begins = new int[64];
    private int frames;
    private long bytes;
    private byte[] row = new byte[1024];

    /** Bytes that the frames take, all in all. */
    long bytes() {
      return bytes;
    }

    private byte[] begin(int node, int limit) {
      if (frames == rows.length) {
        rows = Arrays.copyOf(rows, 2 * frames);
        begins = Arrays.copyOf(begins, 2 * frames);
      }
      begins[frames] = node;
      return room(limit - node);
    }

    private byte[] room(int length) {
      if (length > row.length) {
        row = Arrays.copyOf(row, Math.max(length, 2 * row.length));
      }
      return row;
    }

    private void end(int length) {
      rows[frames++] = Arrays.copyOf(row, length);
      bytes += length;
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
