package org.chorale.align;

/**
 * What the search maximises: a score per frame and class. Implementations are thread-safe and
 * answer the same for the same frame however often they are asked (the search asks twice).
 */
public interface EmissionScores {

  /** Number of frames. */
  int frames();

  /** Number of classes. */
  int classes();

  /**
   * Writes the scores of a frame.
   *
   * @param frame 0 to {@link #frames()} - 1
   * @param target at least {@link #classes()} long; natural logarithm, any finite value
   */
  void scores(int frame, float[] target);
}
