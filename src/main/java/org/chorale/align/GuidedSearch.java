package org.chorale.align;

import java.util.List;
import org.chorale.align.ViterbiKernel.NoPathException;
import org.chorale.align.ViterbiKernel.Path;

/**
 * The best path of a recording of any length, in time linear in it: short ones are searched in
 * full, longer ones within a {@link Band} around {@link Anchors}; where a text repeats itself for
 * pages, around what the anchors probably are. A path that comes near the end of the band is not
 * believed: the search is repeated with wider margins, at last without anchors. Thread-safe.
 */
final class GuidedSearch {

  /** Nodes times frames that are searched in full: a minute and a half of speech. */
  private static final long SMALL_CELLS = 50_000_000L;

  private static final int[] MARGINS = {1, 4, 16};

  private final int silenceClass;
  private final int starClass;
  private final long smallCells;
  private final CheckpointedViterbi full = new CheckpointedViterbi(Float.POSITIVE_INFINITY);
  private final CheckpointedViterbi beamed;

  /**
   * A search.
   *
   * @param beam beam where the anchors are so far apart that the search cannot be exact, nats
   */
  GuidedSearch(int silenceClass, int starClass, float beam) {
    this(silenceClass, starClass, beam, SMALL_CELLS);
  }

  /**
   * A search.
   *
   * @param smallCells nodes times frames that are searched in full
   */
  GuidedSearch(int silenceClass, int starClass, float beam, long smallCells) {
    this.silenceClass = silenceClass;
    this.starClass = starClass;
    this.smallCells = smallCells;
    this.beamed = new CheckpointedViterbi(beam);
  }

  /**
   * The best path.
   *
   * @param text what the trellis was built of
   * @throws NoPathException when the audio is too short for the text
   */
  Path bestPath(Trellis trellis, List<List<Reading>> text, EmissionScores scores)
      throws NoPathException {
    if ((long) trellis.nodes() * scores.frames() <= smallCells) {
      return full.bestPath(trellis, scores);
    }
    HeardPhones heard = HeardPhones.of(scores, silenceClass, starClass);
    WrittenPhones written = WrittenPhones.of(text);
    Anchors anchors = Anchors.between(heard, written);
    if (!Band.around(anchors, trellis, scores.frames(), 1).isExact()) {
      Band guessed =
          Band.around(Anchors.guessedBetween(heard, written), trellis, scores.frames(), 1);
      Path path = beamed.bestPath(trellis, scores, guessed);
      if (!guessed.confines(path.nodes())) {
        return path;
      }
    }
    for (int margin : MARGINS) {
      Band band = Band.around(anchors, trellis, scores.frames(), margin);
      Path path = search(trellis, scores, band);
      if (!band.confines(path.nodes())) {
        return path;
      }
    }
    return search(trellis, scores, Band.around(Anchors.none(), trellis, scores.frames(), 1));
  }

  private Path search(Trellis trellis, EmissionScores scores, Band band) throws NoPathException {
    return (band.isExact() ? full : beamed).bestPath(trellis, scores, band);
  }
}
