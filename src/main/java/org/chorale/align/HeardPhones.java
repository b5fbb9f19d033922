package org.chorale.align;

import java.util.Arrays;

/**
 * What the model hears when no text tells it what to hear: the best class of every frame, equal
 * neighbours taken together, silence and classes of a single frame left out. About one phone in
 * four is wrong; nothing but {@link Anchors} should rely on it.
 *
 * @param phones class of every phone heard, in order
 * @param frames the frame in the middle of each
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record HeardPhones(byte[] phones, int[] frames) {

  private static final int SHORTEST_FRAMES = 2;

  /** Listens to a whole recording; time is linear in it. */
  static HeardPhones of(EmissionScores scores, int silenceClass, int starClass) {
    byte[] phones = new byte[1024];
    int[] middles = new int[1024];
    int count = 0;
    float[] frame = new float[scores.classes()];
    int current = silenceClass;
    int since = 0;
    for (int t = 0; t <= scores.frames(); t++) {
      int best = silenceClass;
      if (t < scores.frames()) {
        scores.scores(t, frame);
        best = best(frame, starClass);
        if (best == current) {
          continue;
        }
      }
      if (current != silenceClass && t - since >= SHORTEST_FRAMES) {
        if (count == phones.length) {
          phones = Arrays.copyOf(phones, 2 * count);
          middles = Arrays.copyOf(middles, 2 * count);
        }
        phones[count] = (byte) current;
        middles[count++] = (since + t) / 2;
      }
      current = best;
      since = t;
    }
    return new HeardPhones(Arrays.copyOf(phones, count), Arrays.copyOf(middles, count));
  }

  private static int best(float[] frame, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (frame[c] > frame[best]) {
        best = c;
      }
    }
    return best;
  }
}
