package org.chorale.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.chorale.acoustic.Emissions;
import org.chorale.align.ViterbiKernel.NoPathException;

/**
 * Looks for passages of the text that were not found in their place where the recording has speech
 * that belongs to no other word: lines in another order. A path runs forward in both, so that of
 * two passages that changed places it has but one, and to see only that would be to take a text in
 * disorder for one with something too much. Thread-safe.
 */
final class ReorderedPassages {

  /** Fewer words on end may be heard anywhere. */
  private static final int LEAST_WORDS = 4;

  /** A longer row of words that were not found is looked for in parts. */
  private static final int MOST_WORDS = 40;

  /** Shorter gaps between words hold no passage. */
  private static final double LEAST_SECONDS = 0.8;

  /**
   * Evidence from which a word is heard; of words of another text hardly one in ten has it, nats.
   */
  private static final double HEARD = -2;

  /**
   * Mean evidence of the words of a passage from which the whole of it is heard, nats: of passages
   * of another text one in a hundred has it.
   */
  private static final double WHOLLY_HEARD = -2.8;

  /** What is asked for more with every e-fold of the room in which to look, nats. */
  private static final double WHOLLY_HEARD_IN_MORE_ROOM = 0.4;

  /** Room that asks for no more. */
  private static final double ROOM_SECONDS_PER_WORD = 0.8;

  /** No word counts for less in that mean, nats. */
  private static final double LEAST_EVIDENCE = -6;

  /** Mean evidence of a word and its neighbours below which it may be somewhere else, nats. */
  private static final double DOUBTED_BELOW = -2.3;

  /** Neighbours of a word on either side. */
  private static final int CONTEXT_WORDS = 3;

  /** Nodes times frames that are looked at in all: a second of work at most. */
  private static final long MOST_CELLS = 200_000_000L;

  private final PhoneClasses classes;
  private final SearchSettings settings;
  private final WordEvidence wordEvidence;
  private final CheckpointedViterbi kernel = new CheckpointedViterbi(Float.POSITIVE_INFINITY);

  ReorderedPassages(PhoneClasses classes, SearchSettings settings) {
    this.classes = classes;
    this.settings = settings;
    this.wordEvidence = new WordEvidence(classes.silence());
  }

  /** Words of a text, or frames of a recording, from the first to one past the last. */
  private record Stretch(int from, int to) {}

  /**
   * How many words are missing from their place and heard elsewhere.
   *
   * @param text readings of every word
   * @param words what was found of them
   * @param evidence of every word, nats; NaN where it was not found
   */
  int words(
      List<List<Reading>> text,
      List<AlignedWord> words,
      double[] evidence,
      SpeechScores scores,
      Emissions emissions) {
    boolean[] found = found(words, evidence);
    List<Stretch> free = free(words, found, emissions.frames());
    double room = free.stream().mapToInt(f -> f.to() - f.from()).sum() * classes.frameSeconds();
    long cells = MOST_CELLS;
    int elsewhere = 0;
    for (Stretch passage : missing(text, words, found)) {
      List<List<Reading>> part = text.subList(passage.from(), passage.to());
      Trellis trellis = TextTrellis.of(part, classes.silence(), scores.starClass(), settings);
      int most = 0;
      Stretch own = own(passage, words, found, emissions.frames());
      for (Stretch frames : free) {
        boolean isOwn = frames.from() >= own.from() && frames.to() <= own.to();
        long needed = (long) trellis.nodes() * (frames.to() - frames.from());
        if (isOwn || needed > cells) {
          continue;
        }
        cells -= needed;
        double[] spoken = evidence(trellis, part, frames, scores, emissions);
        most = Math.max(most, heard(spoken, room));
      }
      elsewhere += most;
    }
    return elsewhere;
  }

  /** Evidence of the words of a passage that can be spoken, in a stretch. */
  private double[] evidence(
      Trellis trellis,
      List<List<Reading>> part,
      Stretch frames,
      SpeechScores scores,
      Emissions emissions) {
    int[] nodes;
    try {
      nodes = kernel.bestPath(trellis, scores.part(frames.from(), frames.to())).nodes();
    } catch (NoPathException e) {
      return new double[0];
    }
    double[] evidence =
        wordEvidence.of(trellis, nodes, frames.from(), new double[part.size()], emissions);
    return IntStream.range(0, part.size())
        .filter(w -> !part.get(w).isEmpty())
        .mapToDouble(w -> Math.max(LEAST_EVIDENCE, evidence[w]))
        .toArray();
  }

  /**
   * Words of a passage that are heard: all where they are so likely in the mean, else those that
   * are, or 0 where they are too few to mean it.
   *
   * @param room in which passages were looked for, seconds
   */
  private static int heard(double[] evidence, double room) {
    double excess = Math.max(1, room / (ROOM_SECONDS_PER_WORD * evidence.length));
    double asked = WHOLLY_HEARD + WHOLLY_HEARD_IN_MORE_ROOM * Math.log(excess);
    if (Arrays.stream(evidence).average().orElse(LEAST_EVIDENCE) >= asked) {
      return evidence.length;
    }
    int heard = (int) Arrays.stream(evidence).filter(e -> e > HEARD).count();
    return heard >= LEAST_WORDS ? heard : 0;
  }

  /** The frames between the found words beside a passage: there it was looked for. */
  private Stretch own(Stretch passage, List<AlignedWord> words, boolean[] found, int frames) {
    int from = 0;
    for (int w = passage.from() - 1; w >= 0 && from == 0; w--) {
      from = found[w] ? frame(words.get(w).endSeconds(), frames) : 0;
    }
    int to = frames;
    for (int w = passage.to(); w < words.size() && to == frames; w++) {
      to = found[w] ? frame(words.get(w).startSeconds(), frames) : frames;
    }
    return new Stretch(from, to);
  }

  /** Words that were found and fit, they and those beside them in their line. */
  private static boolean[] found(List<AlignedWord> words, double[] evidence) {
    boolean[] found = new boolean[evidence.length];
    for (int w = 0; w < evidence.length; w++) {
      int line = words.get(w).line();
      int last = Math.min(evidence.length - 1, w + CONTEXT_WORDS);
      double mean =
          IntStream.rangeClosed(Math.max(0, w - CONTEXT_WORDS), last)
              .filter(k -> words.get(k).line() == line)
              .mapToDouble(k -> evidence[k])
              .filter(e -> !Double.isNaN(e))
              .average()
              .orElse(Double.NaN);
      found[w] = !Double.isNaN(evidence[w]) && mean >= DOUBTED_BELOW;
    }
    return found;
  }

  private int frame(double seconds, int frames) {
    return Math.min(frames, (int) Math.round(seconds / classes.frameSeconds()));
  }

  /** Lines, or parts of them, none of whose words was found; short ones go with what follows. */
  private static List<Stretch> missing(
      List<List<Reading>> text, List<AlignedWord> words, boolean[] found) {
    List<Stretch> out = new ArrayList<>();
    int from = 0;
    int count = 0;
    for (int w = 0; w <= words.size(); w++) {
      boolean ends = w == words.size() || (!text.get(w).isEmpty() && found[w]);
      boolean newLine = w > 0 && w < words.size() && words.get(w).line() != words.get(w - 1).line();
      if (ends || count == MOST_WORDS || (newLine && count >= LEAST_WORDS)) {
        if (count >= LEAST_WORDS) {
          out.add(new Stretch(from, w));
        }
        from = ends ? w + 1 : w;
        count = 0;
      }
      if (!ends && !text.get(w).isEmpty()) {
        count++;
      }
    }
    return out;
  }

  /** Frames that belong to no word, where there are enough of them. */
  private List<Stretch> free(List<AlignedWord> words, boolean[] found, int frames) {
    List<Stretch> out = new ArrayList<>();
    int least = (int) Math.round(LEAST_SECONDS / classes.frameSeconds());
    int from = 0;
    for (int w = 0; w < words.size(); w++) {
      AlignedWord word = words.get(w);
      if (found[w]) {
        int to = frame(word.startSeconds(), frames);
        if (to - from >= least) {
          out.add(new Stretch(from, to));
        }
        from = frame(word.endSeconds(), frames);
      }
    }
    if (frames - from >= least) {
      out.add(new Stretch(from, frames));
    }
    return out;
  }
}
