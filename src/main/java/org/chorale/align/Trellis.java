package org.chorale.align;

import java.util.Arrays;

/**
 * The graph of all ways a text may be heard, compiled into arrays: nodes that emit a class for one
 * or more frames, and junctions that emit nothing. Node 0 is the junction where every path begins,
 * the last node is the junction where every path ends. Immutable and thread-safe.
 *
 * <p>An arc out of a junction takes no time and leads to a higher node; an arc out of an emitting
 * node leads anywhere in the next frame; every emitting node has a loop onto itself.
 */
public final class Trellis {

  /** What a node that emits nothing has for a class. */
  public static final int JUNCTION = -1;

  private final int[] classOf;
  private final int[] wordOf;
  private final int[] firstArc;
  private final int[] arcFrom;
  private final float[] arcCost;
  private final int reach;

  private Trellis(Builder builder) {
    int nodes = builder.nodes;
    classOf = Arrays.copyOf(builder.classOf, nodes);
    wordOf = Arrays.copyOf(builder.wordOf, nodes);
    firstArc = new int[nodes + 1];
    for (int a = 0; a < builder.arcs; a++) {
      firstArc[builder.arcTo[a] + 1]++;
    }
    for (int n = 0; n < nodes; n++) {
      firstArc[n + 1] += firstArc[n];
    }
    int[] next = firstArc.clone();
    arcFrom = new int[builder.arcs];
    arcCost = new float[builder.arcs];
    int longest = 1;
    for (int a = 0; a < builder.arcs; a++) {
      int slot = next[builder.arcTo[a]]++;
      arcFrom[slot] = builder.arcFrom[a];
      arcCost[slot] = builder.arcCost[a];
      longest = Math.max(longest, builder.arcTo[a] - builder.arcFrom[a]);
    }
    reach = longest;
  }

  /** Number of nodes. */
  public int nodes() {
    return classOf.length;
  }

  /** The class that a node emits, or {@link #JUNCTION}. */
  public int classOf(int node) {
    return classOf[node];
  }

  /** What the builder said a node belongs to, a word or a negative mark. */
  public int wordOf(int node) {
    return wordOf[node];
  }

  /** The node at the other end of the {@code k}-th arc into a node. */
  public int source(int node, int k) {
    return arcFrom[firstArc[node] + k];
  }

  /** Number of arcs into a node, its loop aside. */
  public int arcsInto(int node) {
    return firstArc[node + 1] - firstArc[node];
  }

  /** What a path loses on the {@code k}-th arc into a node, nats. */
  public float cost(int node, int k) {
    return arcCost[firstArc[node] + k];
  }

  /** The longest forward arc, in nodes. */
  int reach() {
    return reach;
  }

  int[] classes() {
    return classOf;
  }

  int[] firstArcs() {
    return firstArc;
  }

  int[] arcSources() {
    return arcFrom;
  }

  float[] arcCosts() {
    return arcCost;
  }

  /** Adds nodes and arcs in order; not thread-safe. */
  public static final class Builder {

    private int[] classOf = new int[256];
    private int[] wordOf = new int[256];
    private int nodes;
    private int[] arcFrom = new int[512];
    private int[] arcTo = new int[512];
    private float[] arcCost = new float[512];
    private int arcs;

    /** Adds a junction and returns it. */
    public int junction() {
      return node(JUNCTION, JUNCTION);
    }

    /**
     * Adds an emitting node and returns it.
     *
     * @param classIndex the class it emits
     * @param word what it belongs to
     */
    public int emit(int classIndex, int word) {
      if (classIndex < 0) {
        throw new IllegalArgumentException("class " + classIndex);
      }
      return node(classIndex, word);
    }

    private int node(int classIndex, int word) {
      if (nodes == classOf.length) {
        classOf = Arrays.copyOf(classOf, nodes * 2);
        wordOf = Arrays.copyOf(wordOf, nodes * 2);
      }
      classOf[nodes] = classIndex;
      wordOf[nodes] = word;
      return nodes++;
    }

    /**
     * Adds an arc.
     *
     * @param cost what a path loses by taking it, in nats, at least 0
     */
    public void arc(int from, int to, float cost) {
      if (classOf[from] == JUNCTION && from >= to) {
        throw new IllegalArgumentException(
            "an arc out of a junction leads forward, not %d -> %d".formatted(from, to));
      }
      if (cost < 0) {
        throw new IllegalArgumentException("cost " + cost);
      }
      if (arcs == arcFrom.length) {
        arcFrom = Arrays.copyOf(arcFrom, arcs * 2);
        arcTo = Arrays.copyOf(arcTo, arcs * 2);
        arcCost = Arrays.copyOf(arcCost, arcs * 2);
      }
      arcFrom[arcs] = from;
      arcTo[arcs] = to;
      arcCost[arcs++] = cost;
    }

    /** The trellis; first and last node must be junctions. */
    public Trellis build() {
      if (nodes < 2 || classOf[0] != JUNCTION || classOf[nodes - 1] != JUNCTION) {
        throw new IllegalStateException("a trellis begins and ends with a junction");
      }
      return new Trellis(this);
    }
  }
}
