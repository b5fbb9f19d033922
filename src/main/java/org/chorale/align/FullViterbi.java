package org.chorale.align;

import org.chorale.align.ViterbiStep.BackPointers;
import org.chorale.align.ViterbiStep.Column;

/**
 * Viterbi that keeps every back pointer: one byte a frame and node. The reference for the other
 * kernel, and the quicker one for short recordings. Thread-safe.
 */
public final class FullViterbi implements ViterbiKernel {

  @Override
  public Path bestPath(Trellis trellis, EmissionScores scores) throws NoPathException {
    int frames = scores.frames();
    if (frames == 0) {
      throw new NoPathException(0);
    }
    ViterbiStep step = new ViterbiStep(trellis, Float.POSITIVE_INFINITY);
    BackPointers back = new BackPointers();
    float[] frameScores = new float[scores.classes()];
    Column before = null;
    Column after = new Column(trellis.nodes());
    Column spare = new Column(trellis.nodes());
    double total = 0;
    for (int t = 0; t < frames; t++) {
      scores.scores(t, frameScores);
      total += step.advance(before, after, frameScores, 0, trellis.nodes(), back);
      if (after.from == after.to) {
        throw new NoPathException(frames);
      }
      Column next = before == null ? spare : before;
      before = after;
      after = next;
    }
    int[] last = new int[1];
    float end = step.endScore(before, last);
    if (end <= ViterbiStep.NONE) {
      throw new NoPathException(frames);
    }
    int[] nodes = new int[frames];
    int node = last[0];
    for (int t = frames - 1; t >= 0; t--) {
      nodes[t] = node;
      node = CheckpointedViterbi.predecessor(trellis, back, t, node);
    }
    return new Path(nodes, total + end);
  }
}
