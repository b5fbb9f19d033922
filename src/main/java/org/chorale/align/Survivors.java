package org.chorale.align;

import java.util.Arrays;
import org.chorale.align.ViterbiStep.BackPointers;

/**
 * Follows all paths that have survived until now back to where they come together: before that
 * there is one path, whatever follows. Not thread-safe.
 */
final class Survivors {

  private final Trellis trellis;

  /** Per node the last step back in which it was found, so that each is followed once. */
  private final int[] foundIn;

  private int steps;
  private int[] alive = new int[64];
  private int[] before = new int[64];

  /** Of one trellis. */
  Survivors(Trellis trellis) {
    this.trellis = trellis;
    this.foundIn = new int[trellis.nodes()];
  }

  /**
   * How long all survivors share one path.
   *
   * @param step after the last frame
   * @param back of some frames up to the last one
   * @return the first so many of these frames
   */
  int sharedFrames(ViterbiStep step, BackPointers back) {
    int count = 0;
    for (int node = step.from(); node < step.to(); node++) {
      if (step.reaches(node)) {
        alive = roomFor(count, alive);
        alive[count++] = node;
      }
    }
    int frame = back.frames() - 1;
    while (count > 1 && frame > 0) {
      count = sources(back, frame--, count);
    }
    return count == 1 ? frame + 1 : 0;
  }

  /** The node of the last of the shared frames. */
  int meetIn() {
    return alive[0];
  }

  /** Goes one frame back; returns how many different nodes the survivors come from. */
  private int sources(BackPointers back, int frame, int count) {
    steps++;
    int found = 0;
    for (int i = 0; i < count; i++) {
      int source = back.predecessor(trellis, frame, alive[i]);
      if (source >= 0 && foundIn[source] != steps) {
        foundIn[source] = steps;
        before = roomFor(found, before);
        before[found++] = source;
      }
    }
    int[] swap = alive;
    alive = before;
    before = swap;
    return found;
  }

  private static int[] roomFor(int count, int[] nodes) {
    return count < nodes.length ? nodes : Arrays.copyOf(nodes, 2 * count);
  }
}
