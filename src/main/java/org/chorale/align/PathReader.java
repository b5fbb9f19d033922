package org.chorale.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.chorale.acoustic.Emissions;
import org.chorale.text.Document;
import org.chorale.text.Word;

/** Reads words, phones, times and evidence off a Viterbi path. Used once, by one thread. */
final class PathReader {

  private final Trellis trellis;
  private final int[] path;
  private final Emissions emissions;
  private final PhoneClasses classes;
  private final double durationSeconds;
  private final Confidence confidence;
  private final double[] edges;
  private final float[] evidence;
  private double[] wordEvidence = {};
  private double phoneEvidenceSum;
  private int phoneCount;

  /**
   * A reader.
   *
   * @param path node of every frame
   * @param edges for every frame that begins a segment, and for the end of the path, when that is,
   *     seconds
   */
  PathReader(
      Trellis trellis,
      int[] path,
      double[] edges,
      Emissions emissions,
      PhoneClasses classes,
      double durationSeconds,
      Confidence confidence) {
    this.trellis = trellis;
    this.path = path;
    this.emissions = emissions;
    this.classes = classes;
    this.durationSeconds = durationSeconds;
    this.confidence = confidence;
    this.edges = edges;
    this.evidence = evidence();
  }

  /** Per frame: log posterior of the forced class less that of the best class; at most 0. */
  private float[] evidence() {
    float[] out = new float[path.length];
    float[] frame = new float[emissions.classes()];
    for (int t = 0; t < path.length; t++) {
      emissions.copyFrame(t, frame);
      float best = frame[0];
      float bestSpeech = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < frame.length; c++) {
        best = Math.max(best, frame[c]);
        if (c != classes.silence()) {
          bestSpeech = Math.max(bestSpeech, frame[c]);
        }
      }
      int forced = trellis.classOf(path[t]);
      out[t] = (forced < frame.length ? frame[forced] : bestSpeech) - best;
    }
    return out;
  }

  private double phoneEvidence(int fromFrame, int toFrame) {
    double sum = 0;
    for (int t = fromFrame; t < toFrame; t++) {
      sum += evidence[t];
    }
    return Confidence.phoneEvidence(sum, toFrame - fromFrame);
  }

  /** Every word of the document; what is not on the path, or only crammed in, is missing. */
  List<AlignedWord> words(Document document) {
    int count = document.words().size();
    Placed[] placed = new Placed[count];
    int t = 0;
    double floor = 0;
    while (t < path.length) {
      int word = trellis.wordOf(path[t]);
      int end = t + 1;
      while (end < path.length && trellis.wordOf(path[end]) == word) {
        end++;
      }
      if (word >= 0) {
        placed[word] = place(t, end, floor);
        floor = placed[word].endSeconds();
      }
      t = end;
    }
    int[] spoken =
        IntStream.range(0, count).filter(w -> document.words().get(w).isSpoken()).toArray();
    double[] evidenceOf =
        IntStream.of(spoken)
            .mapToDouble(w -> placed[w] == null ? Double.NaN : placed[w].evidence())
            .toArray();
    boolean[] heard = HeardWords.of(evidenceOf);
    for (int k = 0; k < spoken.length; k++) {
      evidenceOf[k] = heard[k] ? evidenceOf[k] : Double.NaN;
    }
    double[] confidences = confidence.ofWords(evidenceOf);
    AlignedWord[] out = new AlignedWord[count];
    wordEvidence = new double[count];
    Arrays.fill(wordEvidence, Double.NaN);
    for (int k = 0; k < spoken.length; k++) {
      wordEvidence[spoken[k]] = evidenceOf[k];
      Placed place = placed[spoken[k]];
      Word written = document.words().get(spoken[k]);
      if (Double.isNaN(evidenceOf[k])) {
        out[spoken[k]] = Gaps.missing(written);
      } else {
        out[spoken[k]] = place.word(written, confidences[k]);
        phoneEvidenceSum += place.evidence() * place.phones().size();
        phoneCount += place.phones().size();
      }
    }
    Gaps.fill(document, out, durationSeconds);
    return Arrays.asList(out);
  }

  /** Where a word was found, and what its sound says of it. */
  private record Placed(
      double startSeconds, double endSeconds, List<AlignedPhone> phones, double evidence) {

    AlignedWord word(Word written, double confidence) {
      return AlignedWord.found(written, startSeconds, endSeconds, confidence, phones);
    }
  }

  private Placed place(int fromFrame, int toFrame, double floor) {
    List<AlignedPhone> phones = new ArrayList<>();
    double start = Math.max(floor, edges[fromFrame]);
    double from = start;
    double sum = 0;
    int t = fromFrame;
    while (t < toFrame) {
      int end = t + 1;
      while (end < toFrame && path[end] == path[t]) {
        end++;
      }
      double to = Math.max(from, edges[end]);
      int phone = trellis.classOf(path[t]);
      if (phone != classes.silence()) {
        double phoneEvidence = phoneEvidence(t, end);
        sum += phoneEvidence;
        phones.add(
            new AlignedPhone(
                classes.symbols().get(phone), from, to, confidence.ofEvidence(phoneEvidence)));
      }
      from = to;
      t = end;
    }
    return new Placed(start, from, phones, sum / Math.max(1, phones.size()));
  }

  /** Evidence of every word of the document, nats; NaN of those not found. After {@link #words}. */
  double[] wordEvidence() {
    return wordEvidence.clone();
  }

  /**
   * Confidence of the whole and verdict on it: by the mean evidence of the phones that were found
   * and the share of the spoken words that were found. Asked after {@link #words}.
   *
   * @param elsewhere words that are missing from their place and heard in another
   */
  Confidence.OfText overall(List<AlignedWord> words, Document document, int elsewhere) {
    return confidence.ofText(phoneEvidenceSum, phoneCount, words, document, elsewhere);
  }
}
