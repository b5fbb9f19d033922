package org.chorale.session;

import java.util.List;
import java.util.Locale;
import org.chorale.align.AlignedLines;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Gaps;
import org.chorale.align.Verdict;
import org.chorale.text.Document;
import org.chorale.text.Word;

/** The result of a session whose recording was lost with its node: what its word events say. */
final class EventResult {

  /** Mean confidence of words below which it is no result. */
  private static final double LEAST_CONFIDENCE = 0.3;

  private final Document document;
  private final StreamRequest.Mode mode;
  private final String model;

  /**
   * A result to come.
   *
   * @param mode that the client asked for
   * @param model that heard the words
   */
  EventResult(Document document, StreamRequest.Mode mode, String model) {
    this.document = document;
    this.mode = mode;
    this.model = model;
  }

  /**
   * The result.
   *
   * @param words in the order in which they became final
   */
  Alignment of(List<SessionEvent.Word> words, Alignment.Audio audio) {
    AlignedWord[] placed = new AlignedWord[document.words().size()];
    // Starts of a result never decrease: what was read out of turn is missing.
    for (SessionEvent.Word word : ReadingOrder.of(words)) {
      placed[word.index()] =
          AlignedWord.found(
              document.words().get(word.index()),
              word.startSeconds(),
              word.endSeconds(),
              word.confidence(),
              List.of());
    }
    double sum = 0;
    int spoken = 0;
    for (int w = 0; w < placed.length; w++) {
      Word written = document.words().get(w);
      if (written.isSpoken()) {
        placed[w] = placed[w] == null ? Gaps.missing(written) : placed[w];
        spoken++;
        sum += placed[w].confidence();
      }
    }
    Gaps.fill(document, placed, audio.durationSeconds());
    double mean = spoken == 0 ? 0 : sum / spoken;
    return new Alignment(
        audio,
        document.language(),
        mode.name().toLowerCase(Locale.ROOT),
        model,
        mean,
        mean < LEAST_CONFIDENCE ? Verdict.MISMATCH : Verdict.DOUBTFUL,
        AlignedLines.of(document, List.of(placed)),
        List.of(placed));
  }
}
