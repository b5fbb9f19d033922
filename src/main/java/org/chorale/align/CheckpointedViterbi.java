package org.chorale.align;

import java.util.ArrayList;
import java.util.List;
import org.chorale.align.ViterbiStep.BackPointers;
import org.chorale.align.ViterbiStep.Column;

/**
 * Viterbi in bounded memory: a first pass keeps the back pointers of as many frames as there is
 * room for, and of the others only a column every so often; a second pass goes back segment by
 * segment, recomputes the columns of those others with back pointers and follows them. The path is
 * that of the full search; memory is O(segments + segment length) windows and a fixed room instead
 * of one byte a frame and node. Thread-safe.
 *
 * <p>A beam gives up nodes at the two edges of the window (never inside it) that are worse than the
 * best by more than the beam. When it gave up too much, the search is repeated with four times the
 * beam, at last without one.
 */
public final class CheckpointedViterbi implements ViterbiKernel {

  private static final long SEGMENT_BYTES = 16L << 20;

  /** Room for the back pointers of the first frames: most songs and an hour of speech. */
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

  private record Checkpoint(int frame, int from, float[] scores, float best) {}

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
    Column before = null;
    Column after = new Column(trellis.nodes());
    Column spare = new Column(trellis.nodes());
    List<Checkpoint> checkpoints = new ArrayList<>();
    int interval = Math.max(64, (int) Math.sqrt(frames));
    BackPointers kept = new BackPointers();
    int keptFrames = frames;
    int widest = 1;
    double total = 0;
    for (int t = 0; t < frames; t++) {
      scores.scores(t, frameScores);
      boolean keep = keptFrames == frames;
      total +=
          step.advance(before, after, frameScores, band.from(t), band.to(t), keep ? kept : null);
      if (after.from == after.to) {
        return null;
      }
      widest = Math.max(widest, after.to - after.from + trellis.reach());
      if ((t + 1) % interval == 0) {
        if (keep && kept.bytes() > keptBytes) {
          keptFrames = t + 1;
        }
        checkpoints.add(new Checkpoint(t, after.from, after.save(), after.best));
      }
      Column next = before == null ? spare : before;
      before = after;
      after = next;
    }
    int[] last = new int[1];
    float end = step.endScore(before, last);
    if (end <= ViterbiStep.NONE) {
      return null;
    }
    int[] nodes = new int[frames];
    int node = last[0];
    int segmentEnd = frames;
    Column restored = new Column(trellis.nodes());
    while (segmentEnd > keptFrames) {
      // Narrow windows allow several checkpoints at once; wide ones go one interval at a time.
      int limit = segmentEnd - (int) Math.max(1, Math.min(interval, SEGMENT_BYTES / widest));
      int index = checkpoints.size() - 1;
      while (index >= 0 && checkpoints.get(index).frame() + 1 > Math.max(keptFrames, limit)) {
        index--;
      }
      Checkpoint start = checkpoints.get(index);
      int segmentStart = start.frame() + 1;
      BackPointers back = new BackPointers();
      Column left = restored;
      left.restore(start.scores(), start.from(), start.best());
      Column right = after;
      Column other = before;
      for (int t = segmentStart; t < segmentEnd; t++) {
        scores.scores(t, frameScores);
        step.advance(left, right, frameScores, band.from(t), band.to(t), back);
        Column next = t == segmentStart ? other : left;
        left = right;
        right = next;
      }
      node = follow(trellis, back, segmentStart, segmentEnd, node, nodes);
      segmentEnd = segmentStart;
    }
    follow(trellis, kept, 0, segmentEnd, node, nodes);
    return new Path(nodes, total + end);
  }

  /**
   * Goes back along the best path.
   *
   * @param back of the frames from {@code from} to {@code to}
   * @param node where the path is in the last of them
   * @param path gets the node of every frame
   * @return where the path is in the frame before {@code from}
   */
  private static int follow(
      Trellis trellis, BackPointers back, int from, int to, int node, int[] path) {
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
