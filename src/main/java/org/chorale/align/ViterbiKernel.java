package org.chorale.align;

/** Finds the best path through a trellis. Every kernel finds the same path; they differ in cost. */
public interface ViterbiKernel {

  /**
   * The best path.
   *
   * @param trellis the graph
   * @param scores a score per frame and class
   * @return the node of every frame and the path's score
   * @throws NoPathException when the audio is too short for the text
   */
  Path bestPath(Trellis trellis, EmissionScores scores) throws NoPathException;

  /**
   * A path.
   *
   * @param nodes the emitting node of every frame
   * @param score sum of the scores less the costs of the arcs
   */
  record Path(int[] nodes, double score) {}

  /** No path leads through the trellis in so few frames. */
  final class NoPathException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Says how many frames there were. */
    public NoPathException(int frames) {
      super("no path through the trellis in %d frames".formatted(frames));
    }
  }
}
