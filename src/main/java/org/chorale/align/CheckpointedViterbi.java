package org.chorale.align;

import java.util.ArrayList;
import java.util.List;
import org.chorale.align.ViterbiStep.BackPointers;
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
 * <p>A beam gives up nodes at the two edges of the window (never inside it) that are worse than the
 * best by more than the beam. When it gave up too much, the search is repeated with four times the
 * beam, at last without one.
 */
public final class CheckpointedViterbi implements ViterbiKernel {

  private static final long SEGMENT_BYTES = 16L << 20;

  /** Room for the back pointers of the frames whose paths have not come together yet. */
  private static final long KEPT_BYTES = 64L << 20;

  private final float beam;
  private final long keptBytes;

  /** A search whose first beam is {@code beam} nats wide; infinite for the full search. */
  public CheckpointedViterbi(float beam) {
    this(beam, KEPT_BYTES);
  }

  /** The same with another room for back pointers. */
  CheckpointedViterbi(float beam, long keptBytes) {
    if (!(beam > 0)) {
      throw new IllegalArgumentException("beam " + beam);
    }
    this.beam = beam;
    this.keptBytes = keptBytes;
  }

  /** What is known after a frame. */
  private record Checkpoint(int frame, Column column) {}

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
    ViterbiStep step = new ViterbiStep(trellis, width);
    float[] frameScores = new float[scores.classes()];
    int[] nodes = new int[frames];
    Survivors survivors = new Survivors(trellis);
    BackPointers kept = new BackPointers();
    int settled = 0; // the path is known up to here
    // Where they do not come together, asking costs more the longer it takes: so ask less often.
    long leastBytes = keptBytes / 16;
    long manyBytes = leastBytes;
    int keptFrames = frames;
    List<Checkpoint> checkpoints = new ArrayList<>();
    int interval = Math.max(64, (int) Math.sqrt(frames));
    int widest = 1;
    for (int t = 0; t < frames; t++) {
      scores.scores(t, frameScores);
      boolean keep = keptFrames == frames;
      if (!step.advance(frameScores, band.from(t), band.to(t), keep ? kept : null)) {
        return null;
      }
      widest = Math.max(widest, step.to() - step.from() + trellis.reach());
      if ((t + 1) % interval == 0) {
        if (keep && kept.bytes() > manyBytes) {
          settled += survivors.settle(step, kept, settled, nodes);
          manyBytes = Math.min(keptBytes, Math.max(leastBytes, 2 * kept.bytes()));
          keptFrames = kept.bytes() > keptBytes ? t + 1 : frames;
        }
        if (keptFrames < frames) {
          checkpoints.add(new Checkpoint(t, step.saved()));
        }
      }
    }
    int[] last = new int[1];
    double end = step.endScore(last);
    if (Double.isInfinite(end)) {
      return null;
    }
    double score = step.takenOff() + end;
    int node = last[0];
    int segmentEnd = frames;
    while (segmentEnd > keptFrames) {
      // Narrow windows allow several checkpoints at once; wide ones go one interval at a time.
      int limit = segmentEnd - (int) Math.max(1, Math.min(interval, SEGMENT_BYTES / widest));
      int index = checkpoints.size() - 1;
      while (index > 0 && checkpoints.get(index).frame() + 1 > limit) {
        index--;
      }
      int segmentStart = checkpoints.get(index).frame() + 1;
      step.restore(checkpoints.get(index).column());
      BackPointers back = new BackPointers();
      for (int t = segmentStart; t < segmentEnd; t++) {
        scores.scores(t, frameScores);
        step.advance(frameScores, band.from(t), band.to(t), back);
      }
      node = follow(trellis, back, segmentStart, segmentEnd, node, nodes);
      segmentEnd = segmentStart;
    }
    follow(trellis, kept, settled, segmentEnd, node, nodes);
    return new Path(nodes, score);
  }

  /**
   * Goes back along the best path.
   *
   * @param back of the frames from {@code from} to {@code to}
   * @param node where the path is in the last of them
   * @param path gets the node of every frame
   * @return where the path is in the frame before {@code from}
   */
  static int follow(Trellis trellis, BackPointers back, int from, int to, int node, int[] path) {
    int at = node;
    for (int t = to - 1; t >= from; t--) {
      path[t] = at;
      at = predecessor(trellis, back, t - from, at);
    }
    return at;
  }

  /** The emitting node of the frame before, or -1 at the beginning. */
  static int predecessor(Trellis trellis, BackPointers back, int frame, int node) {
    int at = node;
    while (true) {
      byte choice = back.choice(frame, at);
      if (choice == ViterbiStep.STAY) {
        return trellis.classOf(at) >= 0 ? at : -1;
      }
      at = trellis.source(at, choice - 1);
      if (trellis.classOf(at) >= 0) {
        return at;
      }
    }
  }
}
