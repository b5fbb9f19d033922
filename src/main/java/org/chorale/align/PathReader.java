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
  private double phoneEvidenceSum;
  private int phoneCount;

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
    AlignedWord[] out = new AlignedWord[count];
    double[] evidenceOf = new double[count];
    Arrays.fill(evidenceOf, Double.NaN);
    int t = 0;
    double floor = 0;
    while (t < path.length) {
      int word = trellis.wordOf(path[t]);
      int end = t + 1;
      while (end < path.length && trellis.wordOf(path[end]) == word) {
        end++;
      }
      if (word >= 0) {
        Placed placed = placed(document.words().get(word), t, end, floor);
        out[word] = placed.word();
        evidenceOf[word] = placed.evidence();
        floor = placed.word().endSeconds();
      }
      t = end;
    }
    int[] spoken =
        IntStream.range(0, count).filter(w -> document.words().get(w).isSpoken()).toArray();
    boolean[] heard =
        HeardWords.of(Arrays.stream(spoken).mapToDouble(w -> evidenceOf[w]).toArray());
    for (int s = 0; s < spoken.length; s++) {
      int w = spoken[s];
      if (out[w] == null || !heard[s]) {
        out[w] = untimed(document.words().get(w));
      } else {
        phoneEvidenceSum += evidenceOf[w] * out[w].phones().size();
        phoneCount += out[w].phones().size();
      }
    }
    placeUnspoken(document, out);
    return Arrays.asList(out);
  }

  /** A word and the mean evidence of its phones, nats. */
  private record Placed(AlignedWord word, double evidence) {}

  private Placed placed(Word word, int fromFrame, int toFrame, double floor) {
    List<AlignedPhone> phones = new ArrayList<>();
    double start = Math.max(floor, edge(fromFrame));
    double from = start;
    double sum = 0;
    int t = fromFrame;
    while (t < toFrame) {
      int end = t + 1;
      while (end < toFrame && path[end] == path[t]) {
        end++;
      }
      double to = Math.max(from, edge(end));
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
    double mean = sum / Math.max(1, phones.size());
    AlignedWord aligned =
        new AlignedWord(
            word.text(),
            word.charStart(),
            word.charEnd(),
            word.line(),
            WordStatus.ALIGNED,
            start,
            from,
            confidence.ofEvidence(mean),
            phones);
    return new Placed(aligned, mean);
  }

  /** Time of the edge before a frame, inside the recording. */
  private double edge(int frame) {
    double seconds;
    if (frame == 0) {
      seconds = 0;
    } else if (frame >= path.length) {
      seconds = durationSeconds;
    } else {
      seconds = edges[frame] * classes.frameSeconds() - bias(frame);
    }
    return Math.max(0, Math.min(durationSeconds, seconds));
  }

  /** Mean error of a boundary of this kind, seconds; the star has none. */
  private double bias(int frame) {
    int left = trellis.classOf(path[frame - 1]);
    int right = trellis.classOf(path[frame]);
    int count = emissions.classes();
    return left < count && right < count ? classes.bias().seconds(left, right) : 0;
  }

  private static AlignedWord untimed(Word word) {
    return new AlignedWord(
        word.text(),
        word.charStart(),
        word.charEnd(),
        word.line(),
        WordStatus.MISSING,
        Double.NaN,
        Double.NaN,
        0,
        List.of());
  }

  /** Stage directions and lone punctuation share the gap between their timed neighbours. */
  private void placeUnspoken(Document document, AlignedWord[] out) {
    int w = 0;
    double previousEnd = 0;
    while (w < out.length) {
      if (out[w] != null) {
        previousEnd = out[w].isTimed() ? out[w].endSeconds() : previousEnd;
        w++;
        continue;
      }
      int run = w;
      int unspoken = 0;
      while (run < out.length && (out[run] == null || !out[run].isTimed())) {
        unspoken += out[run] == null ? 1 : 0;
        run++;
      }
      double nextStart = run < out.length ? out[run].startSeconds() : durationSeconds;
      double share = Math.max(0, nextStart - previousEnd) / unspoken;
      int placed = 0;
      for (int k = w; k < run; k++) {
        if (out[k] == null) {
          Word word = document.words().get(k);
          out[k] =
              new AlignedWord(
                  word.text(),
                  word.charStart(),
                  word.charEnd(),
                  word.line(),
                  WordStatus.INTERPOLATED,
                  previousEnd + share * placed,
                  previousEnd + share * (placed + 1),
                  1,
                  List.of());
          placed++;
        }
      }
      w = run;
    }
  }

  /**
   * Confidence of the whole: by the mean evidence of the phones that were found, times the share of
   * the spoken words that were found. Asked after {@link #words}.
   */
  double overallConfidence(List<AlignedWord> words, Document document) {
    int spoken = 0;
    int found = 0;
    for (int w = 0; w < words.size(); w++) {
      if (document.words().get(w).isSpoken()) {
        spoken++;
        found += words.get(w).status() == WordStatus.ALIGNED ? 1 : 0;
      }
    }
    return phoneCount == 0
        ? 0
        : confidence.ofEvidence(phoneEvidenceSum / phoneCount) * found / spoken;
  }
}
