package org.chorale.acoustic;

/**
 * Hears where, near a place that another model found, one phone really ends and the next begins.
 * Implementations are thread-safe.
 */
public interface BoundaryModel {

  /** Frames of {@link BandLevels} on either side of the one nearest to the place. */
  int reachFrames();

  /** Index of the kind of sound of a class of the acoustic model, 0 to {@link #kinds()} - 1. */
  int kind(int phoneClass);

  /** Kinds of sound: vowels, nasals, ... */
  int kinds();

  /** Frames of the acoustic model, from before to after the place, whose scores it looks at. */
  int scoreFrames();

  /** Numbers that describe a boundary besides the levels around it. */
  default int cues() {
    return 2 * kinds() + 2 * scoreFrames() + 3;
  }

  /**
   * The true places of boundaries.
   *
   * @param count number of boundaries
   * @param levels per boundary 2 {@link #reachFrames()} + 1 frames of {@link BandLevels}
   * @param cues per boundary {@link #cues()} numbers: 1 at the kind before, 1 at the kind after it;
   *     scores of the phone before in {@link #scoreFrames()} frames around the boundary, then of
   *     the phone after, a quarter of what they are below the best class's, at least -2; natural
   *     logarithms of the seconds of the phone before and of the one after, of which 0.01 more,
   *     plus 2.5; the place in units of 10 ms from the middle frame
   * @return per boundary the place, seconds from the middle frame of the levels
   */
  float[] places(int count, float[] levels, float[] cues);
}
