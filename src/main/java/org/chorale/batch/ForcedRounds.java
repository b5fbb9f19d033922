package org.chorale.batch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.audio.AudioSource;
import org.chorale.text.Document;
import org.chorale.text.TextException;

/**
 * Iterative pseudo-forced alignment of texts that are only near to what is said: clips that are
 * sure are anchors; what lies between two of them is aligned anew, that stretch of audio with those
 * words alone, and kept where more of it becomes sure; until nothing more does. Thread-safe.
 */
final class ForcedRounds {

  private static final int ROUNDS = 3;

  /** Stretches that are aligned anew, seconds. */
  private static final double SHORTEST = 0.8;

  private static final double LONGEST = 120;

  private static final int LEAST_WORDS = 2;

  private final Aligner aligner;
  private final TextParts parts;
  private final SegmentCutter cutter;

  ForcedRounds(Aligner aligner, TextParts parts, SegmentCutter cutter) {
    this.aligner = aligner;
    this.parts = parts;
    this.cutter = cutter;
  }

  /** Opens the recording from its beginning. */
  interface Opener {
    AudioSource open() throws IOException;
  }

  /** A stretch between two anchors. */
  private record Gap(int from, int to, double startSeconds, double endSeconds) {}

  /**
   * The alignment with more that is sure.
   *
   * @param document the words that were aligned, one for one those of the alignment
   */
  Alignment improve(Alignment first, Document document, String mode, Opener opener)
      throws IOException {
    Alignment best = first;
    for (int round = 0; round < ROUNDS; round++) {
      List<Gap> gaps = gaps(best);
      if (gaps.isEmpty()) {
        return best;
      }
      Alignment next = round(best, gaps, document, mode, opener);
      if (next == best) {
        return best;
      }
      best = next;
    }
    return best;
  }

  private List<Gap> gaps(Alignment alignment) {
    List<Gap> gaps = new ArrayList<>();
    int word = 0;
    double time = 0;
    for (Segment anchor : cutter.cut(alignment)) {
      add(gaps, new Gap(word, anchor.firstWord(), time, anchor.startSeconds()));
      word = anchor.endWord();
      time = anchor.endSeconds();
    }
    add(gaps, new Gap(word, alignment.words().size(), time, alignment.audio().durationSeconds()));
    return gaps;
  }

  private static void add(List<Gap> gaps, Gap gap) {
    double seconds = gap.endSeconds() - gap.startSeconds();
    boolean whole = gap.from() == 0 && gap.startSeconds() == 0 && seconds > LONGEST;
    if (!whole
        && gap.to() - gap.from() >= LEAST_WORDS
        && seconds >= SHORTEST
        && seconds <= LONGEST) {
      gaps.add(gap);
    }
  }

  /** One pass over the recording; the same object when nothing became better. */
  private Alignment round(
      Alignment before, List<Gap> gaps, Document document, String mode, Opener opener)
      throws IOException {
    List<AlignedWord> words = new ArrayList<>(before.words());
    boolean better = false;
    try (AudioSource source = opener.open()) {
      int channels = source.channels();
      float[] buffer = new float[(int) (LONGEST * AudioSource.SAMPLE_RATE + 1) * channels];
      long position = 0;
      for (Gap gap : gaps) {
        long start = Math.round(gap.startSeconds() * AudioSource.SAMPLE_RATE) * channels;
        long end = Math.round(gap.endSeconds() * AudioSource.SAMPLE_RATE) * channels;
        position += read(source, buffer, start - position);
        int length = (int) Math.min(buffer.length, end - start);
        int count = (int) read(source, buffer, length);
        position += count;
        AudioSource stretch = new MemorySource(buffer, count, channels, source.info());
        better |= realign(gap, before, document, mode, stretch, words);
      }
    }
    return better ? before.withWords(words) : before;
  }

  /** Reads so many samples, the last of them to the buffer; fewer at the end. */
  private static long read(AudioSource source, float[] buffer, long wanted) throws IOException {
    long total = 0;
    while (total < wanted) {
      int offset = wanted <= buffer.length ? (int) total : 0;
      int count =
          source.read(buffer, offset, (int) Math.min(buffer.length - offset, wanted - total));
      if (count < 0) {
        break;
      }
      total += count;
    }
    return total;
  }

  private boolean realign(
      Gap gap,
      Alignment before,
      Document document,
      String mode,
      AudioSource stretch,
      List<AlignedWord> words)
      throws IOException {
    Alignment again;
    try {
      TextParts.Part part = parts.part(document, before.audio().path(), gap.from(), gap.to());
      if (part.document().words().size() != gap.to() - gap.from()
          || !aligner.canRead(mode, part.document())) {
        return false;
      }
      again = TextParts.inWhole(aligner.align(mode, stretch, part.document()), part);
    } catch (TextException e) {
      return false; // nothing in it can be spoken
    }
    if (again.verdict() == Verdict.MISMATCH || sureWords(again) <= sureWords(before, gap)) {
      return false;
    }
    for (int w = gap.from(); w < gap.to(); w++) {
      AlignedWord found = again.words().get(w - gap.from());
      words.set(w, moved(found, words.get(w), gap.startSeconds()));
    }
    return true;
  }

  private int sureWords(Alignment alignment) {
    return cutter.cut(alignment).stream().mapToInt(s -> s.endWord() - s.firstWord()).sum();
  }

  private int sureWords(Alignment alignment, Gap gap) {
    return cutter.cut(alignment).stream()
        .filter(s -> s.firstWord() >= gap.from() && s.endWord() <= gap.to())
        .mapToInt(s -> s.endWord() - s.firstWord())
        .sum();
  }

  /** A word of the stretch at its place in the recording; its line stays. */
  private static AlignedWord moved(AlignedWord found, AlignedWord old, double seconds) {
    return new AlignedWord(
        old.text(),
        old.charStart(),
        old.charEnd(),
        old.line(),
        found.status(),
        found.startSeconds() + seconds,
        found.endSeconds() + seconds,
        found.confidence(),
        // Clips have no phones; those of the stretch have other times.
        List.of());
  }
}
