package org.chorale.align;

import org.chorale.align.ViterbiKernel.NoPathException;

/**
 * The search for the best path with its second look. A beam that loses the path leaves a mark: what
 * follows in the audio is no longer found in the text, so that the star takes it. Then the search
 * is repeated with a wider one. Thread-safe.
 */
final class PathSearch {

  private static final float WIDER = 8;
  private static final double SUSPICIOUS_SHARE = 0.1;
  private static final double SUSPICIOUS_SECONDS = 30;

  private final ViterbiKernel kernel;
  private final ViterbiKernel wideKernel;
  private final double frameSeconds;

  /**
   * A search.
   *
   * @param beam of the first look, nats
   * @param frameSeconds time from frame to frame, seconds
   */
  PathSearch(float beam, double frameSeconds) {
    this.kernel = new CheckpointedViterbi(beam);
    this.wideKernel = new CheckpointedViterbi(WIDER * beam);
    this.frameSeconds = frameSeconds;
  }

  /** The best path. */
  ViterbiKernel.Path best(Trellis trellis, EmissionScores scores) throws NoPathException {
    ViterbiKernel.Path path = kernel.bestPath(trellis, scores);
    int stars = 0;
    for (int node : path.nodes()) {
      stars += trellis.wordOf(node) == TextTrellis.STAR ? 1 : 0;
    }
    if (stars < SUSPICIOUS_SHARE * path.nodes().length
        && stars * frameSeconds < SUSPICIOUS_SECONDS) {
      return path;
    }
    ViterbiKernel.Path wide = wideKernel.bestPath(trellis, scores);
    return wide.score() > path.score() ? wide : path;
  }
}
