package org.chorale.align;

import java.util.Arrays;
import org.chorale.acoustic.BandLevels;

/**
 * Moves the ends of words before pauses, and their starts after pauses, out to where the level
 * falls. A frame classifier hears silence in what dies away: soft nasals, breath after a stop. The
 * level of a pause lies far below that of the speech beside it; the edge of a word is where it
 * crosses the middle between the two, in decibels. Where it does not fall so far within {@link
 * #REACH_SECONDS} - a room that rings, noise - nothing is moved. Thread-safe.
 */
final class PauseEdges {

  /** How far edges move at most. */
  private static final double REACH_SECONDS = 0.08;

  /** The loudest of so much speech beside the pause counts. */
  private static final double SPEECH_SECONDS = 0.15;

  /** Shorter pauses have no level of their own. */
  private static final int LEAST_PAUSE_FRAMES = 4;

  /** The quietest tenth of a pause is its level. */
  private static final double QUIET_SHARE = 0.1;

  /** Speech is so much louder than the pause at least, decibels. */
  private static final double LEAST_RANGE = 12;

  private static final double DECIBELS_A_NEPER = 10 / Math.log(10);

  private PauseEdges() {}

  /**
   * Moves edges.
   *
   * @param seconds where every segment begins, and where the last one ends
   * @param silence class of silence
   * @return as {@code seconds}
   */
  static double[] moved(Segments segments, double[] seconds, int silence, BandLevels levels) {
    double[] out = seconds.clone();
    for (int s = 1; s < segments.count(); s++) {
      boolean pauseBefore = segments.phoneClass(s - 1) == silence;
      boolean pauseAfter = segments.phoneClass(s) == silence;
      if (pauseAfter && !pauseBefore && segments.word(s - 1) >= 0) {
        out[s] = moved(out[s], seconds[s - 1], seconds[s + 1], levels);
      } else if (pauseBefore && !pauseAfter && segments.word(s) >= 0) {
        out[s] = moved(out[s], seconds[s + 1], out[s - 1], levels);
      }
    }
    return out;
  }

  /**
   * Moves one edge.
   *
   * @param at the edge, seconds
   * @param speechEnd other end of the phone
   * @param pauseEnd other end of the pause; after the edge when the pause is, else before it
   */
  private static double moved(double at, double speechEnd, double pauseEnd, BandLevels levels) {
    int step = pauseEnd > at ? 1 : -1;
    int edge = frame(at);
    int pause = Math.abs(frame(pauseEnd) - edge);
    if (pause < LEAST_PAUSE_FRAMES) {
      return at;
    }
    double[] quiet = new double[pause + 1];
    for (int i = 0; i <= pause; i++) {
      quiet[i] = decibels(levels, edge + step * i);
    }
    Arrays.sort(quiet);
    double floor = quiet[(int) (QUIET_SHARE * pause)];
    int speech =
        Math.min(
            Math.abs(edge - frame(speechEnd)),
            (int) Math.round(SPEECH_SECONDS / BandLevels.HOP_SECONDS));
    double peak = Double.NEGATIVE_INFINITY;
    for (int i = 0; i <= speech; i++) {
      peak = Math.max(peak, decibels(levels, edge - step * i));
    }
    if (peak - floor < LEAST_RANGE) {
      return at;
    }
    double middle = (peak + floor) / 2;
    int reach = Math.min(pause, (int) Math.round(REACH_SECONDS / BandLevels.HOP_SECONDS));
    for (int i = 0; i <= reach; i++) {
      if (decibels(levels, edge + step * i) <= middle) {
        double place = (edge + step * i) * BandLevels.HOP_SECONDS;
        return i == 0 ? at : step > 0 ? Math.max(at, place) : Math.min(at, place);
      }
    }
    return at;
  }

  private static int frame(double seconds) {
    return (int) Math.rint(seconds / BandLevels.HOP_SECONDS);
  }

  /** Level of all bands together. */
  private static double decibels(BandLevels levels, int frame) {
    float[] bands = new float[BandLevels.BANDS];
    levels.copyFrame(frame, bands, 0);
    double sum = 0;
    for (float band : bands) {
      sum += Math.exp(band);
    }
    return DECIBELS_A_NEPER * Math.log(sum);
  }
}
