package org.chorale.batch;

import java.io.IOException;
import java.util.Optional;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.audio.AudioSource;
import org.chorale.text.Document;
import org.chorale.text.TextException;

/**
 * Looks for the passage of a long text that a recording holds, and aligns it on its own.
 * Thread-safe.
 */
final class PassageSearch {

  /**
   * More words a second than anybody speaks or sings for long: the text is longer than the audio.
   */
  private static final double MOST_WORDS_PER_SECOND = 5;

  /** How often a passage is narrowed. */
  private static final int ROUNDS = 3;

  private final Aligner aligner;
  private final TextParts parts;
  private final PassageFinder passages = new PassageFinder();

  PassageSearch(Aligner aligner, TextParts parts) {
    this.aligner = aligner;
    this.parts = parts;
  }

  /**
   * A passage.
   *
   * @param alignment of it alone
   * @param part its words
   */
  record Found(Alignment alignment, TextParts.Part part) {}

  /** The most words that a recording of this length holds. */
  private static int mostWords(Alignment alignment) {
    return (int) (MOST_WORDS_PER_SECOND * alignment.audio().durationSeconds()) + 10;
  }

  /** Whether a text is longer than its recording and does not fit. */
  static boolean isNeeded(Alignment alignment, Document document) {
    return document.words().size() > mostWords(alignment)
        && ItemStatus.of(alignment.verdict()) != ItemStatus.OK;
  }

  /**
   * Narrows a text to what is heard.
   *
   * @param whole the recording with the whole text
   * @param name of the text, for errors
   * @return the whole, where nothing of it is found
   */
  Found narrow(
      Alignment whole, Document document, String name, String mode, ForcedRounds.Opener opener)
      throws IOException, TextException {
    Found found = new Found(whole, new TextParts.Part(document, 0));
    if (passages.densest(whole.words()).isEmpty()) {
      found = bestWindow(found, name, mode, opener);
    }
    for (int round = 0; round < ROUNDS; round++) {
      // Words on either side may still be taken back, but for the last time.
      Optional<PassageFinder.Range> range =
          round < ROUNDS - 1
              ? passages.withMargin(found.alignment().words())
              : passages.densest(found.alignment().words());
      if (range.isEmpty()) {
        break;
      }
      if (range.get().size() < found.part().document().words().size()) {
        found = within(found.part(), range.get(), name, mode, opener);
      }
    }
    return found;
  }

  /**
   * In a text that is many times as long as the recording, the passage may not stand out enough to
   * be seen at all. Every stretch of the text that is so short that a passage fills half of it is
   * tried; each passage is whole in one of them.
   */
  private Found bestWindow(Found whole, String name, String mode, ForcedRounds.Opener opener)
      throws IOException, TextException {
    int step = mostWords(whole.alignment());
    int words = whole.part().document().words().size();
    Found best = whole;
    for (int from = 0; words > 2 * step && from + step < words; from += step) {
      PassageFinder.Range window = new PassageFinder.Range(from, Math.min(words, from + 2 * step));
      Found tried = within(whole.part(), window, name, mode, opener);
      if (tried.alignment().verdict() != Verdict.MISMATCH
          && tried.alignment().confidence() > best.alignment().confidence()) {
        best = tried;
      }
    }
    return best;
  }

  private Found within(
      TextParts.Part of,
      PassageFinder.Range range,
      String name,
      String mode,
      ForcedRounds.Opener opener)
      throws IOException, TextException {
    TextParts.Part part = parts.part(of.document(), name, range.from(), range.to());
    try (AudioSource source = opener.open()) {
      return new Found(
          aligner.align(mode, source, part.document()),
          new TextParts.Part(part.document(), of.charStart() + part.charStart()));
    }
  }
}
