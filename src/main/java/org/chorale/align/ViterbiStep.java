package org.chorale.align;

import java.util.Arrays;

/**
 * The Viterbi recursion over a window of nodes, frame by frame. Both kernels share it, so that they
 * cannot disagree.
 *
 * <p>Scores are whole numbers of 1/{@value #SCALE} nat. What a frame adds is rounded once, sums are
 * exact, and the best score of every frame is taken off all scores of the next: two searches that
 * look at different nodes agree to the last bit wherever both look, however long the audio is. A
 * node that is more than 131,000 nats behind the best counts as not reached. Not thread-safe.
 */
final class ViterbiStep {

  /** Back pointer of a node that stays; k > 0 is its (k-1)-th arc. */
  static final byte STAY = 0;

  private static final int SCALE = 4096;

  /** The score of a node that no path has reached. */
  private static final int NONE = -(1 << 30);

  /** What lies below becomes NONE, so that NONE it stays whatever a frame adds. */
  private static final int LEAST = NONE / 2;

  /** Scores and costs are cut to this, so that no sum overflows. */
  private static final int MOST = 1 << 25;

  /** An emitting node whose one arc is free and comes out of the emitting node before it. */
  private static final byte CHAIN = 0;

  /** Any other emitting node. */
  private static final byte EMITTING = 1;

  private static final byte SILENT = 2;

  private final Trellis trellis;
  private final int nodes;
  private final int[] classOf;
  private final int[] firstArc;

  /** Per arc the cell of the score with which it begins. */
  private final int[] arcCell;

  private final int[] arcCost;
  private final byte[] kind;
  private final float beam;

  /**
   * First the scores of the frame before, NONE outside of its window; then those of the frame that
   * is computed, NONE before its window: there the arcs out of junctions begin, which take no time.
   */
  private final int[] cells;

  private int[] gains = new int[0];
  private byte[] unwanted = new byte[0];
  private boolean begun;
  private int from;
  private int to;
  private int best;
  private long takenOff;

  /**
   * A step for one trellis, before its first frame.
   *
   * @param beam nodes at the edges of the window that score worse than the best by more than this
   *     are given up, nats; infinite for a full search
   */
  ViterbiStep(Trellis trellis, float beam) {
    this.trellis = trellis;
    this.nodes = trellis.nodes();
    this.classOf = trellis.classes();
    this.firstArc = trellis.firstArcs();
    this.beam = beam;
    int[] sources = trellis.arcSources();
    float[] costs = trellis.arcCosts();
    this.arcCell = new int[sources.length];
    this.arcCost = new int[sources.length];
    for (int a = 0; a < sources.length; a++) {
      arcCell[a] = classOf[sources[a]] < 0 ? nodes + sources[a] : sources[a];
      arcCost[a] = whole(costs[a]);
    }
    this.kind = new byte[nodes];
    for (int n = 0; n < nodes; n++) {
      kind[n] = kind(n);
    }
    this.cells = new int[2 * nodes];
    Arrays.fill(cells, NONE);
  }

  private static int whole(float nats) {
    return (int) Math.max(-MOST, Math.min(MOST, Math.rint(nats * (double) SCALE)));
  }

  private byte kind(int node) {
    if (classOf[node] < 0) {
      return SILENT;
    }
    int arc = firstArc[node];
    boolean chain = firstArc[node + 1] == arc + 1 && arcCost[arc] == 0 && arcCell[arc] == node - 1;
    return chain ? CHAIN : EMITTING;
  }

  /**
   * What a search knows after a frame.
   *
   * @param from first node of the window
   * @param scores of the nodes of the window
   * @param best what the next frame takes off
   */
  @SuppressWarnings("ArrayRecordComponent") // kept to be restored, never compared
  record Column(int from, int[] scores, int best) {

    /** Whether all that follows is the same after both. */
    boolean isLike(Column other) {
      return from == other.from && best == other.best && Arrays.equals(scores, other.scores);
    }
  }

  /** What is known now. */
  Column saved() {
    return new Column(from, Arrays.copyOfRange(cells, from, to), best);
  }

  /** Goes back to what was known after a frame. */
  void restore(Column column) {
    Arrays.fill(cells, NONE);
    from = column.from();
    to = from + column.scores().length;
    best = column.best();
    System.arraycopy(column.scores(), 0, cells, from, to - from);
    begun = true;
  }

  /** What it leads through. */
  Trellis trellis() {
    return trellis;
  }

  /** First node of the window after the last frame. */
  int from() {
    return from;
  }

  /** One past the last node of the window after the last frame. */
  int to() {
    return to;
  }

  /** Whether a path ends in a node after the last frame; never in a junction. */
  boolean reaches(int node) {
    return classOf[node] >= 0 && cells[node] != NONE;
  }

  /** The sum of all that was taken off the scores, nats. */
  double takenOff() {
    return takenOff / (double) SCALE;
  }

  /**
   * Computes a frame.
   *
   * @param frameScores score per class
   * @param bandFrom first node to look at, never less than in the frame before
   * @param bandTo one past the last node to look at
   * @param back gets the frame's back pointers; null when not wanted
   * @return whether there is a path
   */
  boolean advance(float[] frameScores, int bandFrom, int bandTo, BackPointers back) {
    int begin = Math.max(bandFrom, from);
    double ahead = (double) SCALE * beam + gains(frameScores);
    Arrays.fill(cells, nodes + from, nodes + Math.min(begin, to), NONE);
    int alive = Math.max(1, to);
    int limit = Math.min(bandTo, alive + trellis.reach());
    byte[] choices = row(back, begin, limit);
    best = NONE;
    int node = begin;
    if (!begun && begin == 0) {
      cells[nodes] = 0;
      choices[0] = STAY;
      node = 1;
    }
    while (node < limit) {
      int end = Math.max(node + 1, Math.min(alive, limit));
      look(node, end, choices, begin);
      node = end;
      int score = cells[nodes + node - 1];
      if (node > alive && score != NONE && score + ahead >= best) {
        // A node reached ahead of the window opens the way to what follows it, unless all that
        // follows will be given up at the end of this frame.
        alive = node;
        limit = Math.min(bandTo, alive + trellis.reach());
        choices = back == null ? row(null, begin, limit) : back.room(limit - begin);
      }
    }
    if (back != null) {
      back.end(node - begin);
    }
    begun = true;
    keep(begin, node);
    return from < to;
  }

  private byte[] row(BackPointers back, int begin, int limit) {
    if (back != null) {
      return back.begin(begin, limit);
    }
    if (unwanted.length < limit - begin) {
      unwanted = new byte[2 * (limit - begin)];
    }
    return unwanted;
  }

  /**
   * What staying in a node of every class adds: the scores of the frame less the best of the column
   * before.
   *
   * @return the most, at least 0
   */
  private int gains(float[] frameScores) {
    int off = begun ? best : 0;
    takenOff += off;
    if (gains.length < frameScores.length) {
      gains = new int[frameScores.length];
    }
    int most = 0;
    for (int c = 0; c < frameScores.length; c++) {
      gains[c] = whole(frameScores[c]) - off;
      most = Math.max(most, gains[c]);
    }
    return most;
  }

  /** Computes the nodes from one to another. */
  private void look(int nodeFrom, int nodeTo, byte[] choices, int begin) {
    int[] cell = cells;
    int shift = nodes;
    int top = best;
    for (int node = nodeFrom; node < nodeTo; node++) {
      int score;
      int choice = STAY;
      byte what = kind[node];
      if (what == CHAIN) {
        int stay = cell[node];
        int come = cell[node - 1];
        choice = come > stay ? 1 : 0;
        score = Math.max(stay, come) + gains[classOf[node]];
        score = score < LEAST ? NONE : score;
        top = Math.max(top, score);
      } else {
        score = what == SILENT ? NONE : cell[node];
        int first = firstArc[node];
        int last = firstArc[node + 1];
        for (int a = first; a < last; a++) {
          int come = cell[arcCell[a]] - arcCost[a];
          choice = come > score ? a - first + 1 : choice;
          score = Math.max(come, score);
        }
        if (what == EMITTING) {
          score += gains[classOf[node]];
          top = Math.max(top, score);
        }
        score = score < LEAST ? NONE : score;
      }
      cell[shift + node] = score;
      choices[node - begin] = (byte) choice;
    }
    best = top;
  }

  /** Makes what was computed what was before. */
  private void keep(int begin, int end) {
    int newFrom = begin;
    int newTo = best <= LEAST ? begin : end;
    double worst = best - (double) SCALE * beam;
    while (newFrom < newTo && cells[nodes + newFrom] < worst) {
      newFrom++;
    }
    while (newTo > newFrom && cells[nodes + newTo - 1] < worst) {
      newTo--;
    }
    Arrays.fill(cells, nodes + begin, nodes + newFrom, NONE);
    Arrays.fill(cells, from, newFrom, NONE);
    Arrays.fill(cells, newTo, Math.max(newTo, to), NONE);
    System.arraycopy(cells, nodes + newFrom, cells, newFrom, newTo - newFrom);
    from = newFrom;
    to = newTo;
  }

  /**
   * The best score with which a path can end after the last frame.
   *
   * @param chosenNode gets the emitting node in which it does
   * @return nats; negative infinity when there is no such path
   */
  double endScore(int[] chosenNode) {
    // Junctions after the last frame: walk the junction nodes once more, without emissions.
    int[] junction = new int[nodes];
    int[] origin = new int[nodes];
    Arrays.fill(junction, NONE);
    for (int node = from; node < nodes; node++) {
      if (classOf[node] >= 0) {
        continue;
      }
      for (int a = firstArc[node]; a < firstArc[node + 1]; a++) {
        int source = arcCell[a] < nodes ? arcCell[a] : arcCell[a] - nodes;
        boolean silent = arcCell[a] >= nodes;
        int candidate = (silent ? junction[source] : cells[source]) - arcCost[a];
        if (candidate > LEAST && candidate > junction[node]) {
          junction[node] = candidate;
          origin[node] = silent ? origin[source] : source;
        }
      }
    }
    chosenNode[0] = origin[nodes - 1];
    int end = junction[nodes - 1];
    return end == NONE ? Double.NEGATIVE_INFINITY : end / (double) SCALE;
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

    /** Number of frames. */
    int frames() {
      return frames;
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

    /** The emitting node of the frame before, or -1 at the beginning. */
    int predecessor(Trellis trellis, int frame, int node) {
      int at = node;
      while (true) {
        byte choice = rows[frame][at - begins[frame]];
        if (choice == STAY) {
          return trellis.classOf(at) >= 0 ? at : -1;
        }
        at = trellis.source(at, choice - 1);
        if (trellis.classOf(at) >= 0) {
          return at;
        }
      }
    }

    /**
     * Goes back along the best path, from the last frame or an earlier one to the first.
     *
     * @param count frames from the first one to that in which {@code node} is
     * @param path gets the nodes of these
     * @param offset where in the path the first frame is
     * @return the node of the frame before the first one, -1 at the beginning
     */
    int follow(Trellis trellis, int count, int node, int[] path, int offset) {
      int at = node;
      for (int f = count - 1; f >= 0; f--) {
        path[offset + f] = at;
        at = predecessor(trellis, f, at);
      }
      return at;
    }

    /** Forgets the first frames; the one after them becomes frame 0. */
    void forget(int count) {
      for (int f = 0; f < count; f++) {
        bytes -= rows[f].length;
      }
      System.arraycopy(rows, count, rows, 0, frames - count);
      System.arraycopy(begins, count, begins, 0, frames - count);
      Arrays.fill(rows, frames - count, frames, null);
      frames -= count;
    }
  }
}
