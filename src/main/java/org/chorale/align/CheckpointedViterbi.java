package org.chorale.align;

import java.util.ArrayList;
import java.util.List;
import org.chorale.align.ViterbiStep.BackPointers;
import org.chorale.align.ViterbiStep.Column;

/**
 * Viterbi in bounded memory: a first pass keeps only a column every so many frames, a second pass
 * goes back segment by segment, recomputes its columns with back pointers and follows them. The
 * path is that of the full search; memory is O(segments + segment length) windows instead of one
 * byte a frame and node. Thread-safe.
 *
 * <p>A beam gives up nodes at the two edges of the window (never inside it) that are worse than the
 * best by more than the beam. When it gave up too much, the search is repeated with four times the
 * beam, at last without one.
 */
public final class CheckpointedViterbi implements ViterbiKernel {

  private static final long SEGMENT_BYTES = 16L << 20;

  private final float beam;

  /** A search whose first beam is {@code beam} nats wide; infinite for the full search. */
  public CheckpointedViterbi(float beam) {
    if (!(beam > 0)) {
      throw new IllegalArgumentException("beam " + beam);
    }
    this.beam = beam;
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

  private static Path search(Trellis trellis, EmissionScores scores, Band band, float beam) {
    int frames = scores.frames();
    if (frames == 0) {
      return null;
    }
    ViterbiStep step = new ViterbiStep(trellis, beam);
    float[] frameScores = new float[scores.classes()];
    Column before = null;
    Column after = new Column(trellis.nodes());
    Column spare = new Column(trellis.nodes());
    List<Checkpoint> checkpoints = new ArrayList<>();
    int interval = Math.max(64, (int) Math.sqrt(frames));
    int widest = 1;
    double total = 0;
    for (int t = 0; t < frames; t++) {
      scores.scores(t, frameScores);
      total += step.advance(before, after, frameScores, band.from(t), band.to(t), null);
      if (after.from == after.to) {
        return null;
      }
      widest = Math.max(widest, after.to - after.from + trellis.reach());
      if ((t + 1) % interval == 0) {
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
    while (segmentEnd > 0) {
      // Narrow windows allow several checkpoints at once; wide ones go one interval at a time.
      int limit = segmentEnd - (int) Math.max(1, Math.min(interval, SEGMENT_BYTES / widest));
      int index = checkpoints.size() - 1;
      while (index >= 0 && checkpoints.get(index).frame() + 1 > Math.max(0, limit)) {
        index--;
      }
      Checkpoint start = index < 0 ? null : checkpoints.get(index);
      int segmentStart = start == null ? 0 : start.frame() + 1;
      BackPointers back = new BackPointers(segmentEnd - segmentStart);
      Column left = null;
      Column right = after;
      Column other = before;
      if (start != null) {
        left = restored;
        left.restore(start.scores(), start.from(), start.best());
      }
      for (int t = segmentStart; t < segmentEnd; t++) {
        scores.scores(t, frameScores);
        step.advance(left, right, frameScores, band.from(t), band.to(t), back);
        Column next = left == null ? other : left;
        left = right;
        right = next;
      }
      for (int t = segmentEnd - 1; t >= segmentStart; t--) {
        nodes[t] = node;
        node = predecessor(trellis, back, t - segmentStart, node);
      }
      segmentEnd = segmentStart;
    }
    return new Path(nodes, total + end);
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
