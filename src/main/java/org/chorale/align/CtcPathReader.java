package org.chorale.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.chorale.acoustic.Emissions;
import org.chorale.text.Document;
import org.chorale.text.Word;

/**
 * Reads words, tokens, times and evidence off a path through a {@link CtcTrellis}. A CTC model
 * shows when a token begins, not when it ends: a token lasts until the next one of its word begins;
 * the last one lasts as long as tokens of this recording usually do (the median), but not beyond
 * the beginning of a separator, the star or the next word. Used once, by one thread.
 */
final class CtcPathReader {

  /** How long a token lasts when no word of the recording has two, and at most. */
  private static final double USUAL_SECONDS = 0.08;

  private static final double MOST_SECONDS = 0.3;

  private final Trellis trellis;
  private final int[] path;
  private final Emissions emissions;
  private final CtcClasses classes;
  private final double durationSeconds;
  private final Confidence confidence;

  /** The runs of frames that are not blank. */
  private final List<Sound> sounds;

  private final int usualFrames;
  private final float[] frame;
  private double evidenceSum;
  private int tokenCount;

  /**
   * Frames on one node that is not blank.
   *
   * @param end one past the last
   * @param word index of the word, or a negative mark
   */
  private record Sound(int start, int end, int word, int classIndex) {}

  CtcPathReader(
      Trellis trellis,
      int[] path,
      Emissions emissions,
      CtcClasses classes,
      double durationSeconds,
      Confidence confidence) {
    this.trellis = trellis;
    this.path = path;
    this.emissions = emissions;
    this.classes = classes;
    this.durationSeconds = durationSeconds;
    this.confidence = confidence;
    this.frame = new float[emissions.classes()];
    this.sounds = sounds();
    this.usualFrames = usualFrames();
  }

  private List<Sound> sounds() {
    List<Sound> out = new ArrayList<>();
    Segments segments = Segments.of(trellis, path);
    for (int s = 0; s < segments.count(); s++) {
      int classIndex = segments.phoneClass(s);
      if (classIndex != classes.blank()) {
        int word = trellis.wordOf(segments.node(s));
        out.add(new Sound(segments.start(s), segments.end(s), word, classIndex));
      }
    }
    return out;
  }

  private boolean isToken(Sound sound) {
    return sound.word() >= 0 && classes.isToken(sound.classIndex());
  }

  private int usualFrames() {
    int[] steps = new int[sounds.size()];
    int count = 0;
    for (int s = 0; s + 1 < sounds.size(); s++) {
      Sound a = sounds.get(s);
      Sound b = sounds.get(s + 1);
      if (isToken(a) && isToken(b) && a.word() == b.word()) {
        steps[count++] = b.start() - a.start();
      }
    }
    int most = (int) Math.max(1, Math.round(MOST_SECONDS / classes.frameSeconds()));
    if (count == 0) {
      return (int) Math.max(1, Math.min(most, Math.round(USUAL_SECONDS / classes.frameSeconds())));
    }
    Arrays.sort(steps, 0, count);
    return Math.min(most, steps[count / 2]);
  }

  /**
   * Every word of the document; what is not on the path is missing, or placed in the gap when it
   * was not looked for.
   *
   * @param readings of every word, as the trellis has them
   */
  List<AlignedWord> words(Document document, List<List<Reading>> readings) {
    int count = document.words().size();
    AlignedWord[] out = new AlignedWord[count];
    int s = 0;
    while (s < sounds.size()) {
      int word = sounds.get(s).word();
      int end = s + 1;
      while (end < sounds.size() && sounds.get(end).word() == word) {
        end++;
      }
      if (word >= 0) {
        out[word] = aligned(document.words().get(word), s, end);
      }
      s = end;
    }
    for (int w = 0; w < count; w++) {
      if (out[w] == null && !readings.get(w).isEmpty()) {
        out[w] = Gaps.missing(document.words().get(w));
      }
    }
    Gaps.fill(document, out, durationSeconds);
    return Arrays.asList(out);
  }

  private AlignedWord aligned(Word word, int from, int to) {
    List<AlignedPhone> tokens = new ArrayList<>();
    double sum = 0;
    for (int s = from; s < to; s++) {
      Sound sound = sounds.get(s);
      if (!isToken(sound)) {
        continue;
      }
      int end = end(s);
      double evidence =
          Confidence.tokenEvidence(
              logPosteriors(sound), sound.end() - sound.start(), blankEvidence(sound.end(), end));
      sum += evidence;
      tokens.add(
          new AlignedPhone(
              classes.symbols().get(sound.classIndex()),
              seconds(sound.start()),
              seconds(end),
              confidence.ofEvidence(evidence)));
    }
    evidenceSum += sum;
    tokenCount += tokens.size();
    return new AlignedWord(
        word.text(),
        word.charStart(),
        word.charEnd(),
        word.line(),
        WordStatus.ALIGNED,
        tokens.get(0).startSeconds(),
        tokens.get(tokens.size() - 1).endSeconds(),
        confidence.ofEvidence(sum / tokens.size()),
        tokens);
  }

  /** One past the last frame of a token. */
  private int end(int s) {
    Sound sound = sounds.get(s);
    int limit = s + 1 < sounds.size() ? sounds.get(s + 1).start() : path.length;
    if (s + 1 < sounds.size()
        && isToken(sounds.get(s + 1))
        && sounds.get(s + 1).word() == sound.word()) {
      return limit;
    }
    return Math.min(limit, Math.max(sound.end(), sound.start() + usualFrames));
  }

  /** Sum over its frames of its log posterior; at most 0. */
  private double logPosteriors(Sound sound) {
    double sum = 0;
    for (int t = sound.start(); t < sound.end(); t++) {
      sum += emissions.get(t, sound.classIndex());
    }
    return sum;
  }

  /** Sum over frames of blank of its log posterior less that of the best class; at most 0. */
  private double blankEvidence(int from, int to) {
    double sum = 0;
    for (int t = from; t < to; t++) {
      emissions.copyFrame(t, frame);
      float best = Float.NEGATIVE_INFINITY;
      for (float value : frame) {
        best = Math.max(best, value);
      }
      sum += frame[classes.blank()] - best;
    }
    return sum;
  }

  /** Where a frame begins, inside the recording. */
  private double seconds(int frameIndex) {
    double seconds = classes.firstFrameSeconds() + frameIndex * classes.frameSeconds();
    return Math.max(0, Math.min(durationSeconds, seconds));
  }

  /** Confidence of the whole and verdict on it; asked after {@link #words}. */
  Confidence.OfText overall(List<AlignedWord> words, Document document) {
    return confidence.ofText(evidenceSum, tokenCount, words, document);
  }
}
