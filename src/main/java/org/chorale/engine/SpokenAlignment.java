package org.chorale.engine;

import java.util.ArrayList;
import java.util.List;
import org.chorale.align.AlignedLines;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.synth.SpokenWord;
import org.chorale.synth.Synthesizer;
import org.chorale.text.Document;
import org.chorale.text.Word;

/** The words of synthetic speech as the alignment of a recording. Collects them as they come. */
public final class SpokenAlignment {

  private final Document document;
  private final String model;
  private final List<AlignedWord> words = new ArrayList<>();
  private double last;

  /**
   * Of a text.
   *
   * @param model name of the models that speak it
   */
  public SpokenAlignment(Document document, String model) {
    this.document = document;
    this.model = model;
  }

  /** Takes the next word of the text; one that is not spoken is placed after the one before it. */
  public void add(SpokenWord spoken) {
    Word word = document.words().get(spoken.index());
    double start = spoken.isSpoken() ? spoken.startSeconds() : last;
    double end = spoken.isSpoken() ? spoken.endSeconds() : last;
    last = end;
    words.add(
        new AlignedWord(
            word.text(),
            word.charStart(),
            word.charEnd(),
            word.line(),
            spoken.isSpoken() ? WordStatus.ALIGNED : WordStatus.INTERPOLATED,
            start,
            end,
            1,
            List.of()));
  }

  /**
   * The alignment of the whole text: sure, because the words were put where they are.
   *
   * @param audio name of the recording
   * @param seconds its length
   */
  public Alignment of(String audio, double seconds) {
    return new Alignment(
        new Alignment.Audio(audio, seconds, Synthesizer.SAMPLE_RATE, 1),
        document.language(),
        "speech",
        model,
        1,
        Verdict.OK,
        AlignedLines.of(document, words),
        words);
  }
}
