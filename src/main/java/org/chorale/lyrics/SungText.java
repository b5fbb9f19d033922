package org.chorale.lyrics;

import java.util.List;
import org.chorale.acoustic.AcousticModel;
import org.chorale.acoustic.Emissions;
import org.chorale.acoustic.LyricsModel;
import org.chorale.acoustic.PhoneContexts;
import org.chorale.acoustic.PhoneSet;
import org.chorale.align.AlignedLines;
import org.chorale.align.AlignedWord;
import org.chorale.align.CheckpointedViterbi;
import org.chorale.align.Confidence;
import org.chorale.align.Reading;
import org.chorale.align.TextAligner.Outcome;
import org.chorale.align.Trellis;
import org.chorale.align.ViterbiKernel.NoPathException;
import org.chorale.text.Document;

/**
 * The text of one song, ready to be found in its recording: what may be sung, as a trellis of
 * phones-in-context, and a model that listens for them. Thread-safe.
 */
public final class SungText {

  /**
   * Beam of the search, nats. The ten development songs have the same path with half of it as
   * without one; it leaves out lines that are far from being sung yet or any more.
   */
  private static final float BEAM = 2000;

  private final Document document;
  private final PhoneContexts contexts;
  private final SongTrellis.Graph graph;
  private final PhoneSet phones;
  private final double frameSeconds;
  private final AcousticModel listener;
  private final SongSettings settings;
  private final Confidence confidence;
  private final boolean[] optional;

  /**
   * Makes ready for a text.
   *
   * @param readings per word of the document the ways to sing it; none for what is not sung
   */
  public SungText(
      Document document,
      List<List<Reading>> readings,
      LyricsModel model,
      SongSettings settings,
      Confidence confidence) {
    this.document = document;
    this.settings = settings;
    this.confidence = confidence;
    this.phones = model.phones();
    this.frameSeconds = model.frameSamples() / 16_000.0;
    this.contexts = new PhoneContexts(phones.silence());
    this.graph =
        SongTrellis.of(
            document,
            SongPlan.of(document),
            Vocalises.added(document, readings, phones.symbols()),
            contexts,
            phones,
            settings);
    this.listener = model.listeningFor(contexts);
    this.optional = SongTrellis.backing(document);
  }

  /** The model that hears the phones of this song; two channels. */
  public AcousticModel listener() {
    return listener;
  }

  /**
   * When every word is sung.
   *
   * @param emissions what {@link #listener} heard in the whole recording
   * @param durationSeconds of the recording; bounds every time
   */
  public Outcome find(Emissions emissions, double durationSeconds) {
    SongScores scores = new SongScores(emissions, phones, contexts, settings);
    Trellis trellis = graph.trellis();
    int[] path;
    try {
      path = new CheckpointedViterbi(BEAM).bestPath(trellis, scores).nodes();
    } catch (NoPathException e) {
      path = new int[0];
    }
    SongReader reader =
        new SongReader(
            graph,
            path,
            scores,
            contexts,
            phones,
            confidence,
            frameSeconds,
            durationSeconds,
            settings);
    List<AlignedWord> words = reader.words(document, optional);
    Confidence.OfText overall = reader.overall(words, document);
    return new Outcome(
        words, AlignedLines.of(document, words), overall.confidence(), overall.verdict());
  }
}
