package org.chorale.align;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import org.chorale.align.ViterbiStep.Column;

/**
 * Viterbi in bounded memory. Every so often it looks where all surviving paths come from: up to the
 * frame where they part the path is known, and its back pointers are let go. Where they do not
 * agree for so long that there is no room for back pointers any more, the rest of the recording
 * leaves a column every so often, and a second pass goes back segment by segment, recomputes the
 * columns with back pointers and follows them. The path is that of the full search; memory is a
 * fixed room and O(segments + segment length) windows instead of one byte a frame and node.
 * Thread-safe.
 *
 * <p>Long recordings are searched in two stretches, side by side. The second one begins some frames
 * early, as if anything could have come before. If what it knows at its first frame is what the
 * first one knows at its end, which comes of all paths coming together on the way (rank
 * convergence: Maleki, Musuvathi and Mytkowicz, Parallelizing Dynamic Programming Through Rank
 * Convergence, 2014), then all that follows is right, too; if not, it is searched again.
 *
 * <p>A beam gives up nodes at the two edges of the window (never inside it) that are worse than the
 * best by more than the beam. When it gave up too much, the search is repeated with four times the
 * beam, at last without one.
 */
public final class CheckpointedViterbi implements ViterbiKernel {

  /** Room for the back pointers of the frames whose paths have not come together yet. */
  private static final long KEPT_BYTES = 64L << 20;

  /** Frames of the shortest stretch that is worth a thread. */
  private static final int STRETCH_FRAMES = 20_000;

  /** Every stretch has tables as large as the trellis, 30 MB for a text of ten hours. */
  private static final int MOST_STRETCHES = 2;

  /** Frames that a stretch begins early. */
  private static final int EARLY_FRAMES = 2_000;

  private final float beam;
  private final long keptBytes;
  private final int stretchFrames;
  private final int earlyFrames;

  /** A search whose first beam is {@code beam} nats wide; infinite for the full search. */
  public CheckpointedViterbi(float beam) {
    this(beam, KEPT_BYTES, STRETCH_FRAMES, EARLY_FRAMES);
  }

  /** The same with another room for back pointers, and other stretches. */
  CheckpointedViterbi(float beam, long keptBytes, int stretchFrames, int earlyFrames) {
    if (!(beam > 0)) {
      throw new IllegalArgumentException("beam " + beam);
    }
    this.beam = beam;
    this.keptBytes = keptBytes;
    this.stretchFrames = stretchFrames;
    this.earlyFrames = earlyFrames;
  }

  @Override
  public Path bestPath(Trellis trellis, EmissionScores scores) throws NoPathException {
    return bestPath(trellis, scores, Band.all(trellis));
  }

  /** The best path of those that stay within a band. */
  Path bestPath(Trellis trellis, EmissionScores scores, Band band) throws NoPathException {
    float width = beam;
    while (true) {
      Path path = search(trellis, scores, band, width);
      if (path != null) {
        return path;
      }
      if (Float.isInfinite(width)) {
        throw new NoPathException(scores.frames());
      }
      width = width > 1e5f ? Float.POSITIVE_INFINITY : width * 4;
    }
  }

  private Path search(Trellis trellis, EmissionScores scores, Band band, float width) {
    int frames = scores.frames();
    if (frames == 0) {
      return null;
    }
    int[] nodes = new int[frames];
    ViterbiStretch[] stretches = stretches(trellis, scores, band, width, nodes);
    Arrays.stream(stretches).parallel().forEach(ViterbiStretch::search);
    double score = stretches[0].takenOff();
    for (int k = 1; k < stretches.length; k++) {
      Column known = stretches[k - 1].last();
      if (known == null) {
        return null;
      }
      if (!stretches[k].beganWith(known)) {
        stretches[k].searchFrom(known);
      }
      score += stretches[k].takenOff();
    }
    ViterbiStretch last = stretches[stretches.length - 1];
    int[] lastNode = new int[1];
    double end = last.endScore(lastNode);
    if (Double.isInfinite(end)) {
      return null;
    }
    int node = lastNode[0];
    for (int k = stretches.length - 1; k >= 0; k--) {
      node = stretches[k].follow(node);
    }
    return new Path(nodes, score + end);
  }

  private ViterbiStretch[] stretches(
      Trellis trellis, EmissionScores scores, Band band, float width, int[] nodes) {
    int threads = Math.min(MOST_STRETCHES, ForkJoinPool.getCommonPoolParallelism() + 1);
    ViterbiStretch[] stretches =
        new ViterbiStretch[Math.max(1, Math.min(threads, nodes.length / stretchFrames))];
    for (int k = 0; k < stretches.length; k++) {
      int from = (int) ((long) nodes.length * k / stretches.length);
      int to = (int) ((long) nodes.length * (k + 1) / stretches.length);
      stretches[k] =
          new ViterbiStretch(
              new ViterbiStep(trellis, width),
              scores,
              band,
              from,
              to,
              earlyFrames,
              keptBytes / stretches.length,
              nodes);
    }
    return stretches;
  }
}
