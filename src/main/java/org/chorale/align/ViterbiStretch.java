package org.chorale.align;

import java.util.ArrayList;
import java.util.List;
import org.chorale.align.ViterbiStep.BackPointers;
import org.chorale.align.ViterbiStep.Column;

/**
 * A stretch of a recording's frames that {@link CheckpointedViterbi} searches from its first to its
 * last, and back. Used by one thread at a time.
 */
final class ViterbiStretch {

  /** Back pointers of the second pass are computed for so many nodes times frames at a time. */
  private static final long SEGMENT_BYTES = 16L << 20;

  private final ViterbiStep step;
  private final Trellis trellis;
  private final EmissionScores scores;
  private final Band band;
  private final int from;
  private final int to;
  private final int earlyFrames;
  private final long keptBytes;
  private final int[] nodes;
  private final Survivors survivors;
  private final List<Checkpoint> checkpoints = new ArrayList<>();
  private BackPointers kept;

  /** From what it was searched; null at the beginning of the recording, and where no path led. */
  private Column first;

  /** What is known after the last frame; null where no path leads so far. */
  private Column last;

  private double takenOff;

  /** Up to here the path is known. */
  private int settled;

  /** Where it is in the frame before the first, once any of it is known. */
  private int before;

  /** Up to here there are back pointers. */
  private int keptTo;

  private int widest;

  /**
   * A stretch.
   *
   * @param step before its first frame
   * @param from first frame
   * @param to one past the last frame
   * @param earlyFrames how many frames before the first one to begin with
   * @param keptBytes room for back pointers
   * @param nodes gets the path
   */
  ViterbiStretch(
      ViterbiStep step,
      EmissionScores scores,
      Band band,
      int from,
      int to,
      int earlyFrames,
      long keptBytes,
      int[] nodes) {
    this.step = step;
    this.trellis = step.trellis();
    this.scores = scores;
    this.band = band;
    this.from = from;
    this.to = to;
    this.earlyFrames = earlyFrames;
    this.keptBytes = keptBytes;
    this.nodes = nodes;
    this.survivors = new Survivors(trellis);
  }

  /** What is known after a frame. */
  private record Checkpoint(int frame, Column column) {}

  /** Searches from the beginning of the recording, or from some frames earlier. */
  void search() {
    if (from == 0) {
      run();
      return;
    }
    float[] frameScores = new float[scores.classes()];
    int early = Math.max(1, from - earlyFrames);
    int low = band.from(early - 1);
    step.restore(new Column(low, new int[band.to(early - 1) - low], 0));
    boolean alive = true;
    for (int t = early; t < from && alive; t++) {
      scores.scores(t, frameScores);
      alive = step.advance(frameScores, band.from(t), band.to(t), null);
    }
    if (alive) {
      first = step.saved();
      run();
    }
  }

  /** Searches from what is known before the first frame. */
  void searchFrom(Column known) {
    step.restore(known);
    first = known;
    run();
  }

  /** Whether it was searched from this. */
  boolean beganWith(Column known) {
    return first != null && first.isLike(known);
  }

  private void run() {
    float[] frameScores = new float[scores.classes()];
    int interval = interval();
    // Where paths do not come together, asking costs more the longer it takes: so ask less often.
    long leastBytes = keptBytes / 16;
    long manyBytes = leastBytes;
    checkpoints.clear();
    kept = new BackPointers();
    last = null;
    settled = from;
    keptTo = to;
    widest = 1;
    double takenOffBefore = step.takenOff();
    for (int t = from; t < to; t++) {
      scores.scores(t, frameScores);
      boolean keep = keptTo == to;
      if (!step.advance(frameScores, band.from(t), band.to(t), keep ? kept : null)) {
        return;
      }
      widest = Math.max(widest, step.to() - step.from() + trellis.reach());
      if ((t + 1 - from) % interval == 0) {
        if (keep && kept.bytes() > manyBytes) {
          settle();
          manyBytes = Math.min(keptBytes, Math.max(leastBytes, 2 * kept.bytes()));
          keptTo = kept.bytes() > keptBytes ? t + 1 : to;
        }
        if (keptTo < to) {
          checkpoints.add(new Checkpoint(t, step.saved()));
        }
      }
    }
    last = step.saved();
    takenOff = step.takenOff() - takenOffBefore;
  }

  /** Frames from one look at the survivors, or column that is kept, to the next. */
  private int interval() {
    return Math.max(64, (int) Math.sqrt(to - from));
  }

  /** Writes down the path as far as all survivors share it, and lets go of its back pointers. */
  private void settle() {
    int count = survivors.sharedFrames(step, kept);
    if (count > 0) {
      int source = kept.follow(trellis, count, survivors.meetIn(), nodes, settled);
      before = settled == from ? source : before;
      kept.forget(count);
      settled += count;
    }
  }

  /** What is known after the last frame; null where no path leads so far. */
  Column last() {
    return last;
  }

  /** The sum of all that was taken off the scores in its frames, nats. */
  double takenOff() {
    return takenOff;
  }

  /** As {@link ViterbiStep#endScore}; before the way back. */
  double endScore(int[] chosenNode) {
    return last == null ? Double.NEGATIVE_INFINITY : step.endScore(chosenNode);
  }

  /**
   * Goes back along the best path.
   *
   * @param lastNode where it is in the last frame
   * @return where it is in the frame before the first
   */
  int follow(int lastNode) {
    int node = lastNode;
    int segmentEnd = to;
    float[] frameScores = new float[scores.classes()];
    int interval = interval();
    while (segmentEnd > keptTo) {
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
      node = back.follow(trellis, segmentEnd - segmentStart, node, nodes, segmentStart);
      segmentEnd = segmentStart;
    }
    node = kept.follow(trellis, segmentEnd - settled, node, nodes, settled);
    return settled == from ? node : before;
  }
}
