package org.chorale.align;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/**
 * Which nodes a search looks at in which frame: a range of nodes per frame, whose ends never move
 * back. Between two neighbouring anchors and a margin around them all nodes are looked at, so that
 * the path is that of the full search wherever that passes within the margin of the anchors.
 * Between anchors that are so far apart that this would take too long - minutes of sound against
 * pages of text, and no row of phones in common - the band runs along the diagonal, some 250 words
 * to either side; then it is not exact. Immutable.
 */
final class Band {

  /** Margin of an anchor: so long it does not bind. */
  private static final int MARGIN_FRAMES = 100;

  private static final int MARGIN_WORDS = 4;

  /** Margin of a word whose place is known and shall not change. */
  private static final int KNOWN_MARGIN_FRAMES = 50;

  private static final int KNOWN_MARGIN_WORDS = 2;

  /** The most nodes times frames between two anchors that are searched in full. */
  private static final long MOST_CELLS = 800_000_000L;

  /** Half the width of the band along a diagonal, nodes. */
  private static final int DIAGONAL_NODES = 4000;

  private static final int DIAGONAL_STEP_FRAMES = 200;

  /** A path that comes so near the end of the band, in nodes, may have been cut off. */
  private static final int EDGE_NODES = 30;

  private final int nodes;
  private final boolean exact;
  private final int[][] low;
  private final int[][] high;

  private Band(int nodes, boolean exact, Limits low, Limits high) {
    this.nodes = nodes;
    this.exact = exact;
    this.low = low.sorted();
    this.high = high.sorted();
    int[] rising = this.low[1];
    for (int i = 1; i < rising.length; i++) {
      rising[i] = Math.max(rising[i], rising[i - 1]);
    }
    int[] falling = this.high[1];
    for (int i = falling.length - 2; i >= 0; i--) {
      falling[i] = Math.min(falling[i], falling[i + 1]);
    }
  }

  /** Pairs of frame and node, as they come. */
  private static final class Limits {
    private long[] pairs = new long[64];
    private int count;

    void add(int frame, int node) {
      if (count == pairs.length) {
        pairs = Arrays.copyOf(pairs, 2 * count);
      }
      pairs[count++] = (long) frame << 32 | node;
    }

    /** Frames in order, and their nodes. */
    int[][] sorted() {
      Arrays.sort(pairs, 0, count);
      int[][] out = new int[2][count];
      for (int i = 0; i < count; i++) {
        out[0][i] = (int) (pairs[i] >> 32);
        out[1][i] = (int) pairs[i];
      }
      return out;
    }
  }

  /** All nodes in every frame. */
  static Band all(Trellis trellis) {
    return new Band(trellis.nodes(), true, new Limits(), new Limits());
  }

  /**
   * The band around anchors.
   *
   * @param frames length of the recording
   * @param margin factor on the margin around every anchor, at least 1
   */
  static Band around(Anchors anchors, Trellis trellis, int frames, int margin) {
    return around(
        anchors, trellis, frames, word -> MARGIN_FRAMES * margin, word -> MARGIN_WORDS * margin);
  }

  /**
   * The band around the words of a path that is the best one but for some passages, wide there and
   * narrow elsewhere.
   *
   * @param words all words of the path, and where they begin
   * @param open words whose surroundings may change
   */
  static Band around(Anchors words, Trellis trellis, int frames, BitSet open) {
    BitSet near = new BitSet();
    open.stream().forEach(w -> near.set(Math.max(0, w - MARGIN_WORDS), w + MARGIN_WORDS + 1));
    return around(
        words,
        trellis,
        frames,
        word -> near.get(word) ? MARGIN_FRAMES : KNOWN_MARGIN_FRAMES,
        word -> near.get(word) ? MARGIN_WORDS : KNOWN_MARGIN_WORDS);
  }

  private static Band around(
      Anchors anchors,
      Trellis trellis,
      int frames,
      IntUnaryOperator marginFrames,
      IntUnaryOperator marginWords) {
    int[] firstNode = firstNodes(trellis);
    int words = firstNode.length - 1;
    Limits low = new Limits();
    Limits high = new Limits();
    boolean exact = true;
    int frame = 0;
    int node = 0;
    for (int i = 0; i <= anchors.count(); i++) {
      boolean end = i == anchors.count();
      int nextFrame = end ? frames : anchors.frames()[i];
      int nextNode = end ? trellis.nodes() - 1 : firstNode[anchors.words()[i]];
      if ((long) (nextFrame - frame) * (nextNode - node) > MOST_CELLS) {
        exact = false;
        addDiagonal(frame, node, nextFrame, nextNode, low, high);
      }
      if (!end) {
        int word = anchors.words()[i];
        int slack = marginWords.applyAsInt(word);
        int reach = marginFrames.applyAsInt(word);
        low.add(nextFrame + reach, firstNode[Math.max(0, word - slack)]);
        high.add(nextFrame - reach, firstNode[Math.min(words, word + 1 + slack)]);
      }
      frame = nextFrame;
      node = nextNode;
    }
    return new Band(trellis.nodes(), exact, low, high);
  }

  private static void addDiagonal(
      int frame, int node, int nextFrame, int nextNode, Limits low, Limits high) {
    double slope = (nextNode - node) / (double) (nextFrame - frame);
    for (int t = frame; t < nextFrame; t += DIAGONAL_STEP_FRAMES) {
      int middle = node + (int) (slope * (t - frame));
      low.add(t, Math.max(node, middle - DIAGONAL_NODES));
      high.add(t, Math.min(nextNode, middle + DIAGONAL_NODES));
    }
  }

  /** Per word the first of its nodes, or of the next word that has any; at last the end. */
  private static int[] firstNodes(Trellis trellis) {
    int words = 0;
    for (int n = 0; n < trellis.nodes(); n++) {
      words = Math.max(words, trellis.wordOf(n) + 1);
    }
    int[] first = new int[words + 1];
    Arrays.fill(first, trellis.nodes() - 1);
    for (int n = trellis.nodes() - 1; n >= 0; n--) {
      if (trellis.wordOf(n) >= 0) {
        first[trellis.wordOf(n)] = n;
      }
    }
    for (int w = words - 1; w >= 0; w--) {
      first[w] = Math.min(first[w], first[w + 1]);
    }
    return first;
  }

  /** Whether nothing was left out but what lies beyond the margins of anchors. */
  boolean isExact() {
    return exact;
  }

  /** The first node that is looked at in a frame. */
  int from(int frame) {
    int i = firstAfter(low[0], frame);
    return i == 0 ? 0 : low[1][i - 1];
  }

  /** One past the last node that is looked at in a frame. */
  int to(int frame) {
    int i = firstAfter(high[0], frame);
    return i == high[0].length ? nodes : Math.min(nodes, high[1][i] + 1);
  }

  /** Index of the first entry that is greater. */
  private static int firstAfter(int[] sorted, int value) {
    int from = 0;
    int to = sorted.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (sorted[middle] <= value) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /** Whether a path comes near an end of the band behind which there are more nodes. */
  boolean confines(int[] path) {
    for (int t = 0; t < path.length; t++) {
      int from = from(t);
      int to = to(t);
      if ((from > 0 && path[t] < from + EDGE_NODES) || (to < nodes && path[t] >= to - EDGE_NODES)) {
        return true;
      }
    }
    return false;
  }
}
