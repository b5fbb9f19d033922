package org.chorale.align;

import java.util.ArrayList;
import java.util.List;
import org.chorale.acoustic.Emissions;
import org.chorale.align.ViterbiKernel.NoPathException;
import org.chorale.text.Document;
import org.chorale.text.Line;
import org.chorale.text.Word;

/**
 * Aligns a whole recording with its text: one Viterbi search over silence, words, skipped words and
 * speech that is not in the text, a second pass that knows how long phones last, boundaries refined
 * below the frame grid, confidence from the posteriors. The same input gives the same result to the
 * last bit. Thread-safe.
 */
public final class OfflineAligner {

  private final PhoneClasses classes;
  private final SearchSettings settings;
  private final Confidence confidence;
  private final GuidedSearch search;
  private final DurationRefiner durationRefiner;
  private final BoundaryRefiner boundaryRefiner;

  /** An aligner for the classes of one acoustic model. */
  public OfflineAligner(PhoneClasses classes, SearchSettings settings, Confidence confidence) {
    this.classes = classes;
    this.settings = settings;
    this.confidence = confidence;
    this.search =
        new GuidedSearch(
            classes.silence(), SpeechScores.starClass(classes.symbols().size()), settings.beam());
    this.durationRefiner = new DurationRefiner(classes.durations(), settings.durationWeight());
    this.boundaryRefiner = new BoundaryRefiner(classes.durations(), settings.durationWeight());
  }

  /**
   * When every word is heard.
   *
   * @param document the text
   * @param readings per word of the document the ways to speak it; empty for words not expected
   * @param emissions of the whole recording
   * @param audio what the result says of the recording; its duration bounds every time
   * @return the alignment; words that the audio does not hold are missing
   */
  public Outcome align(
      Document document, List<List<Reading>> readings, Emissions emissions, Alignment.Audio audio) {
    int star = SpeechScores.starClass(emissions.classes());
    Trellis trellis = TextTrellis.of(readings, classes.silence(), star, settings);
    SpeechScores scores =
        new SpeechScores(emissions, classes.logPriors(), classes.silence(), settings);
    int[] path;
    try {
      path =
          durationRefiner.refined(
              trellis, search.bestPath(trellis, readings, scores).nodes(), scores);
    } catch (NoPathException e) {
      path = new int[0];
    }
    PathReader reader =
        new PathReader(
            trellis,
            path,
            boundaryRefiner.edges(trellis, path, scores),
            emissions,
            classes,
            audio.durationSeconds(),
            confidence);
    List<AlignedWord> words = reader.words(document);
    return outcome(document, words, reader);
  }

  /**
   * An alignment without its frame of audio, model and mode.
   *
   * @param words all words of the document
   * @param lines its lines
   * @param confidence of the whole text
   * @param verdict on the whole text
   */
  public record Outcome(
      List<AlignedWord> words, List<AlignedLine> lines, double confidence, Verdict verdict) {}

  private Outcome outcome(Document document, List<AlignedWord> words, PathReader reader) {
    List<AlignedLine> lines = new ArrayList<>();
    for (Line line : document.lines()) {
      double start = Double.NaN;
      double end = Double.NaN;
      double sum = 0;
      int spoken = 0;
      for (int w = line.firstWord(); w < line.firstWord() + line.wordCount(); w++) {
        AlignedWord word = words.get(w);
        Word written = document.words().get(w);
        if (word.isTimed() && (written.isSpoken() || Double.isNaN(start))) {
          start = Double.isNaN(start) ? word.startSeconds() : start;
        }
        if (word.isTimed()) {
          end = word.endSeconds();
        }
        if (written.isSpoken()) {
          spoken++;
          sum += word.confidence();
        }
      }
      lines.add(
          new AlignedLine(
              line.text(),
              line.firstWord(),
              line.wordCount(),
              start,
              end,
              spoken == 0 ? 1 : sum / spoken));
    }
    double overall = reader.overallConfidence(words, document);
    return new Outcome(words, lines, overall, confidence.verdict(overall));
  }
}
