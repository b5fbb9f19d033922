package org.chorale.align;

/**
 * Turns evidence into confidence and verdict. The evidence of a stretch is the mean, over its
 * frames, of the log posterior of the forced class less that of the best class: 0 where the audio
 * says what the text says. Mean path probability would not do: it stays high on text in the wrong
 * language. The constants are fitted by models/speech-v1/train/calibrate.py on right and wrong
 * text. Immutable.
 *
 * @param slope of the logistic function of a word's evidence
 * @param midpoint evidence at which a word is as likely wrong as right, nats
 * @param doubtfulBelow confidence of the whole text below which it is doubtful
 * @param mismatchBelow confidence of the whole text below which it is refused
 */
public record Confidence(
    double slope, double midpoint, double doubtfulBelow, double mismatchBelow) {

  /** The confidence that a word with such evidence is where it was put, 0 to 1. */
  public double ofEvidence(double evidence) {
    return 1 / (1 + Math.exp(-slope * (evidence - midpoint)));
  }

  /** The verdict on a text of such confidence. */
  public Verdict verdict(double confidence) {
    if (confidence < mismatchBelow) {
      return Verdict.MISMATCH;
    }
    return confidence < doubtfulBelow ? Verdict.DOUBTFUL : Verdict.OK;
  }
}
