package org.chorale.align;

import java.util.List;
import org.chorale.acoustic.BandLevels;
import org.chorale.acoustic.BoundaryModel;
import org.chorale.acoustic.Emissions;
import org.chorale.align.ViterbiKernel.NoPathException;
import org.chorale.text.Document;

/**
 * Aligns a whole recording with its text by a frame classifier of phones: one Viterbi search over
 * silence, words, skipped words and speech that is not in the text, another look where words fit
 * badly, a second pass that knows how long phones last, boundaries refined below the frame grid,
 * confidence from the posteriors. The same input gives the same result to the last bit.
 * Thread-safe.
 */
public final class OfflineAligner implements TextAligner {

  private final PhoneClasses classes;
  private final SearchSettings settings;
  private final Confidence confidence;
  private final GuidedSearch search;
  private final FalteringSearch falteringSearch;
  private final DurationRefiner durationRefiner;
  private final Boundaries boundaries;
  private final ReorderedPassages reordered;

  /** An aligner for the classes of one acoustic model that brings no boundary model. */
  public OfflineAligner(PhoneClasses classes, SearchSettings settings, Confidence confidence) {
    this(classes, settings, confidence, null);
  }

  /**
   * An aligner for the classes of one acoustic model.
   *
   * @param boundaryModel hears boundaries in the levels of a recording; null for none
   */
  public OfflineAligner(
      PhoneClasses classes,
      SearchSettings settings,
      Confidence confidence,
      BoundaryModel boundaryModel) {
    this.classes = classes;
    this.settings = settings;
    this.confidence = confidence;
    this.search =
        new GuidedSearch(
            classes.silence(), SpeechScores.starClass(classes.symbols().size()), settings.beam());
    this.falteringSearch = new FalteringSearch(classes, settings);
    this.durationRefiner = new DurationRefiner(classes.durations(), settings.durationWeight());
    this.boundaries = new Boundaries(classes, settings.durationWeight(), boundaryModel);
    this.reordered = new ReorderedPassages(classes, settings);
  }

  @Override
  public Outcome align(
      Document document, List<List<Reading>> readings, Emissions emissions, Alignment.Audio audio) {
    return align(document, readings, emissions, null, audio);
  }

  /**
   * Aligns as {@link TextAligner#align}, with a closer look at the boundaries.
   *
   * @param levels of the recording; null where nobody listened to them
   */
  public Outcome align(
      Document document,
      List<List<Reading>> readings,
      Emissions emissions,
      BandLevels levels,
      Alignment.Audio audio) {
    int star = SpeechScores.starClass(emissions.classes());
    Trellis trellis = TextTrellis.of(readings, classes.silence(), star, settings);
    SpeechScores scores = new SpeechScores(emissions, classes, settings);
    int[] path;
    try {
      FalteringSearch.Found found =
          falteringSearch.better(
              trellis, readings, search.bestPath(trellis, readings, scores), scores, emissions);
      trellis = found.trellis();
      path = durationRefiner.refined(trellis, found.nodes(), scores);
    } catch (NoPathException e) {
      path = new int[0];
    }
    PathReader reader =
        new PathReader(
            trellis,
            path,
            boundaries.of(trellis, path, scores, levels, audio.durationSeconds()),
            emissions,
            classes,
            audio.durationSeconds(),
            confidence);
    List<AlignedWord> words = reader.words(document);
    int elsewhere = reordered.words(readings, words, reader.wordEvidence(), scores, emissions);
    Confidence.OfText overall = reader.overall(words, document, elsewhere);
    return new Outcome(
        words,
        AlignedLines.of(document, words),
        overall.confidence(),
        overall.verdict(),
        elsewhere);
  }
}
