package org.chorale.align;

import java.util.List;
import org.chorale.text.Document;

/**
 * Turns evidence into confidence and verdict. The evidence of a phone is the mean, over its frames,
 * of the log posterior of the forced class less that of the best class: 0 where the audio says what
 * the text says. That of a word, and of a text, is the mean over its phones, long or short, because
 * wrong text shows in phones that find no room. A word among words that do not fit is less likely
 * right than its own sound says, so the evidence of its neighbours has a share in its confidence. A
 * text is trusted by the evidence of what was found and by its share in the text. The share weighs
 * more in the confidence than in the verdict: a text half of which is not heard is hardly all that
 * is said, and still the other half is worth its times; it is doubtful, but not refused. Mean path
 * probability would not do: it stays high on text in the wrong language. The constants are fitted
 * by models/speech-v1/train/calibrate.py on right and wrong text. Immutable.
 *
 * @param slope of the logistic function of the evidence of a phone or a text
 * @param midpoint evidence at which they are as likely wrong as right, nats
 * @param words the logistic function of words
 * @param doubtfulBelow trust in the whole text below which it is doubtful
 * @param mismatchBelow trust in the whole text below which it is refused
 */
public record Confidence(
    double slope, double midpoint, Words words, double doubtfulBelow, double mismatchBelow) {

  /**
   * The logistic function of words among their neighbours.
   *
   * @param slope its slope
   * @param midpoint evidence at which a word is as likely wrong as right, nats
   * @param contextShare share of the neighbours in the evidence of a word, 0 to 1
   */
  public record Words(double slope, double midpoint, double contextShare) {}

  /** No phone counts worse, nats: one frame that is wholly wrong shall not outweigh a word. */
  private static final double WORST = -6;

  /** How the confidence of a text loses by the words that were not found. */
  private static final double SHARE_POWER = 3;

  /** How the verdict on it does. */
  private static final double VERDICT_SHARE_POWER = 1.5;

  /**
   * How both lose by the words that are heard in another place than the text has them, where they
   * are few of those that are missing. In a text half of which is another one a fifth of that is
   * heard somewhere by chance.
   */
  private static final double CHANCE_POWER = 3;

  /** How they do where all that is missing is heard in another place. */
  private static final double DISORDER_POWER = 8;

  /** Words on either side that have a share in the confidence of a word. */
  private static final int CONTEXT_WORDS = 4;

  /** What a phone loses that the path only passed through, nats. */
  private static final double PASSED_PENALTY = 3;

  /**
   * The evidence of a phone.
   *
   * @param frameEvidenceSum sum over its frames of log posterior less that of the best class
   * @param frames their number
   */
  public static double phoneEvidence(double frameEvidenceSum, int frames) {
    double mean = Math.max(WORST, frameEvidenceSum / frames);
    return frames == 1 ? mean - PASSED_PENALTY : mean;
  }

  /**
   * The evidence of a phone where a path pays for brevity: it was only passed through when it has
   * no more than what it has for nothing, and none of it is heard.
   *
   * @param frameEvidenceSum sum over its frames of log posterior less that of the best class
   * @param frames their number
   * @param usualFrames what such a phone has at the least without paying
   */
  public static double phoneEvidence(double frameEvidenceSum, int frames, int usualFrames) {
    double mean = frameEvidenceSum / frames;
    return mean <= WORST && frames <= usualFrames ? WORST - PASSED_PENALTY : Math.max(WORST, mean);
  }

  /**
   * The confidences of words among their neighbours.
   *
   * @param evidence of the words in their order; NaN for words that were not found
   * @return their confidences, 0 to 1; 0 for words that were not found
   */
  public double[] ofWords(double[] evidence) {
    double[] out = new double[evidence.length];
    for (int w = 0; w < evidence.length; w++) {
      if (Double.isNaN(evidence[w])) {
        continue;
      }
      double sum = 0;
      int near = 0;
      int last = Math.min(evidence.length - 1, w + CONTEXT_WORDS);
      for (int k = Math.max(0, w - CONTEXT_WORDS); k <= last; k++) {
        if (k != w && !Double.isNaN(evidence[k])) {
          sum += evidence[k];
          near++;
        }
      }
      double context = near == 0 ? evidence[w] : sum / near;
      double share = words.contextShare();
      out[w] =
          logistic(words.slope(), (1 - share) * evidence[w] + share * context - words.midpoint());
    }
    return out;
  }

  /**
   * The evidence of a token of a CTC model: its own log posterior, near 0 where such a model is
   * sure; compared with the best class it would not do, because a model that knows nothing would be
   * sure of everything. Such a model shows a token in a frame or two and blank until the next one;
   * what it hears besides, tokens that the text does not have, falls into these blanks and counts
   * against the token before.
   *
   * @param logPosteriorSum sum over the frames of the token of its log posterior
   * @param frames their number
   * @param blankEvidenceSum sum over the frames of blank between it and the next of the log
   *     posterior of blank less that of the best class
   */
  static double tokenEvidence(double logPosteriorSum, int frames, double blankEvidenceSum) {
    return Math.max(WORST, logPosteriorSum / frames + blankEvidenceSum);
  }

  /**
   * What is thought of a whole text.
   *
   * @param confidence that it is what is heard, all of it, 0 to 1
   * @param verdict whether it is good enough
   */
  public record OfText(double confidence, Verdict verdict) {}

  /**
   * Confidence and verdict of a whole text: by the mean evidence of the phones or tokens that were
   * found, times a power of the share of the spoken words that were found.
   */
  public OfText ofText(double evidenceSum, int count, List<AlignedWord> words, Document document) {
    return ofText(evidenceSum, count, words, document, 0);
  }

  /**
   * As the other; a text in disorder is not what is heard, though all of it is heard somewhere.
   *
   * @param elsewhere spoken words that are missing from their place and heard in another
   */
  OfText ofText(
      double evidenceSum, int count, List<AlignedWord> words, Document document, int elsewhere) {
    int spoken = 0;
    int heard = 0;
    for (int w = 0; w < words.size(); w++) {
      if (document.words().get(w).isSpoken()) {
        spoken++;
        heard += words.get(w).status() == WordStatus.ALIGNED ? 1 : 0;
      }
    }
    double share = spoken == 0 ? 0 : (double) heard / spoken;
    double order = spoken == 0 ? 1 : order(spoken, spoken - heard, elsewhere);
    double found = count == 0 ? 0 : order * ofEvidence(evidenceSum / count);
    return new OfText(
        found * Math.pow(share, SHARE_POWER),
        verdict(found * Math.pow(share, VERDICT_SHARE_POWER)));
  }

  private static double order(int spoken, int missing, int elsewhere) {
    double share = Math.min(1, elsewhere / Math.max(1.0, missing));
    double power = CHANCE_POWER + (DISORDER_POWER - CHANCE_POWER) * share * share;
    return Math.pow(1 - (double) elsewhere / spoken, power);
  }

  /** The confidence in a phone or a text of such evidence, 0 to 1. */
  public double ofEvidence(double evidence) {
    return logistic(slope, evidence - midpoint);
  }

  private static double logistic(double slope, double x) {
    return 1 / (1 + Math.exp(-slope * x));
  }

  /**
   * For CTC models that nobody has calibrated: between the evidence that right text (about -0.5 a
   * token) and wrong text (about -5) usually have.
   */
  public static Confidence uncalibrated() {
    return new Confidence(1.5, -2.5, new Words(1.5, -2.5, 0), 0.6, 0.3);
  }

  /** The verdict on a text that is trusted so much. */
  Verdict verdict(double confidence) {
    if (confidence < mismatchBelow) {
      return Verdict.MISMATCH;
    }
    return confidence < doubtfulBelow ? Verdict.DOUBTFUL : Verdict.OK;
  }
}
