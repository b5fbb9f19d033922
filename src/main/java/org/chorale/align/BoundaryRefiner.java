package org.chorale.align;

import org.chorale.acoustic.Emissions;

/**
 * Places boundaries below the frame grid: where, between the centres of the two frames at the
 * boundary, the log posterior of the right class overtakes that of the left one (linear in
 * between), moved by the mean error of its kind of transition. Thread-safe.
 */
final class BoundaryRefiner {

  private final Emissions emissions;
  private final TransitionBias bias;
  private final double frameSeconds;

  BoundaryRefiner(Emissions emissions, TransitionBias bias, double frameSeconds) {
    this.emissions = emissions;
    this.bias = bias;
    this.frameSeconds = frameSeconds;
  }

  /**
   * Time of the boundary before a frame.
   *
   * @param frame first frame of the right class, 1 to frames - 1
   * @param left class of the frame before
   * @param right class of the frame
   * @return seconds
   */
  double boundarySeconds(int frame, int left, int right) {
    double crossing = 0.5;
    if (left < emissions.classes() && right < emissions.classes()) {
      float before = emissions.get(frame - 1, left) - emissions.get(frame - 1, right);
      float after = emissions.get(frame, right) - emissions.get(frame, left);
      if (before > 0 && after > 0) {
        crossing = before / (before + after);
      }
      return (frame - 0.5 + crossing) * frameSeconds - bias.seconds(left, right);
    }
    return frame * frameSeconds;
  }
}
