package org.chorale.align;

import java.util.Arrays;
import org.chorale.acoustic.Emissions;

/** What the frames of a path say of its words, before anybody asks for times. Thread-safe. */
final class WordEvidence {

  /** Evidence of a word that is not on the path, nats. */
  static final double NOT_FOUND = -9;

  private final int silenceClass;

  WordEvidence(int silenceClass) {
    this.silenceClass = silenceClass;
  }

  /**
   * The mean evidence of every word's phones ({@link Confidence#phoneEvidence(double, int)}).
   *
   * @param nodes node of every frame
   * @param from frame of the recording in which the path begins
   * @param losses gets what every word loses against the best class of its frames, nats
   * @return of every word, nats; {@link #NOT_FOUND} of those that are not on the path
   */
  double[] of(Trellis trellis, int[] nodes, int from, double[] losses, Emissions emissions) {
    double[] out = new double[losses.length];
    Arrays.fill(out, NOT_FOUND);
    Segments segments = Segments.of(trellis, nodes);
    float[] frame = new float[emissions.classes()];
    int s = 0;
    while (s < segments.count()) {
      int word = segments.word(s);
      double sum = 0;
      int phones = 0;
      for (; s < segments.count() && segments.word(s) == word; s++) {
        int phone = segments.phoneClass(s);
        if (word >= 0 && phone != silenceClass) {
          int frames = segments.end(s) - segments.start(s);
          double loss = loss(emissions, frame, phone, from + segments.start(s), frames);
          losses[word] += loss;
          sum += Confidence.phoneEvidence(-loss, frames);
          phones++;
        }
      }
      if (phones > 0) {
        out[word] = sum / phones;
      }
    }
    return out;
  }

  private static double loss(Emissions emissions, float[] frame, int phone, int from, int frames) {
    double sum = 0;
    for (int t = from; t < from + frames; t++) {
      emissions.copyFrame(t, frame);
      float best = frame[0];
      for (float score : frame) {
        best = Math.max(best, score);
      }
      sum += best - frame[phone];
    }
    return sum;
  }
}
