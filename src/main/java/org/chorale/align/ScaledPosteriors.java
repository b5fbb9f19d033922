package org.chorale.align;

/**
 * Scores of a frame from its log posteriors: less a share of the log priors (scaled likelihoods of
 * a hybrid HMM), and one class more, the star, for speech that is not in the text: the best class
 * but silence, less a price. Immutable and thread-safe.
 */
public final class ScaledPosteriors {

  private final float[] offset;
  private final int silenceClass;
  private final float starFrameCost;

  /**
   * Scores for the classes of a model.
   *
   * @param logPriors natural logarithm of every class's share of the training frames
   * @param silenceClass index of silence
   */
  public ScaledPosteriors(float[] logPriors, int silenceClass, SearchSettings settings) {
    this.silenceClass = silenceClass;
    this.starFrameCost = settings.starFrameCost();
    this.offset = new float[logPriors.length];
    for (int c = 0; c < offset.length; c++) {
      offset[c] = settings.priorScale() * logPriors[c];
    }
  }

  /** Classes of the model; the star is one more. */
  public int starClass() {
    return offset.length;
  }

  /** What is taken off a class's log posterior. */
  float offset(int phoneClass) {
    return offset[phoneClass];
  }

  /**
   * Turns a frame's log posteriors into scores, the star's included.
   *
   * @param frame log posteriors of every class, and room for one number more
   */
  public void scale(float[] frame) {
    float best = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < offset.length; c++) {
      frame[c] -= offset[c];
      if (c != silenceClass && frame[c] > best) {
        best = frame[c];
      }
    }
    frame[offset.length] = best - starFrameCost;
  }
}
