package org.chorale.align;

import java.util.List;
import org.chorale.acoustic.Emissions;
import org.chorale.align.ViterbiKernel.NoPathException;
import org.chorale.text.Document;

/**
 * Aligns a whole recording with its text by the posteriors of a CTC model: one Viterbi search over
 * tokens, blanks, separators, skipped words and speech that is not in the text. Times lie on the
 * grid of the model's frames. The same input gives the same result to the last bit. Thread-safe.
 */
public final class CtcAligner implements TextAligner {

  private final CtcClasses classes;
  private final SearchSettings settings;
  private final Confidence confidence;
  private final PathSearch search;

  /** An aligner for classes of one CTC model. */
  public CtcAligner(CtcClasses classes, SearchSettings settings, Confidence confidence) {
    this.classes = classes;
    this.settings = settings;
    this.confidence = confidence;
    this.search = new PathSearch(settings.beam(), classes.frameSeconds());
  }

  @Override
  public Outcome align(
      Document document, List<List<Reading>> readings, Emissions emissions, Alignment.Audio audio) {
    CtcScores scores = new CtcScores(emissions, settings.starFrameCost());
    Trellis trellis = CtcTrellis.of(readings, classes, scores.starClass(), settings);
    int[] path;
    try {
      path = search.best(trellis, scores).nodes();
    } catch (NoPathException e) {
      path = new int[0];
    }
    CtcPathReader reader =
        new CtcPathReader(trellis, path, emissions, classes, audio.durationSeconds(), confidence);
    List<AlignedWord> words = reader.words(document, readings);
    Confidence.OfText overall = reader.overall(words, document);
    return new Outcome(
        words, AlignedLines.of(document, words), overall.confidence(), overall.verdict());
  }
}
