package org.chorale.align;

import org.chorale.align.ViterbiStep.BackPointers;

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
    for (int t = 0; t < frames; t++) {
      scores.scores(t, frameScores);
      if (!step.advance(frameScores, 0, trellis.nodes(), back)) {
        throw new NoPathException(frames);
      }
    }
    int[] last = new int[1];
    double end = step.endScore(last);
    if (Double.isInfinite(end)) {
      throw new NoPathException(frames);
    }
    int[] nodes = new int[frames];
    back.follow(trellis, frames, last[0], nodes, 0);
    return new Path(nodes, step.takenOff() + end);
  }
}
