package org.chorale.synth;

import java.util.Objects;

/**
 * Who speaks.
 *
 * @param name name, or that of the reference recording
 * @param language primary tag of the language that the voice is at home in; empty when not known
 * @param vector what the models know of the speaker
 * @param medianHz pitch that the voice goes around
 */
@SuppressWarnings("ArrayRecordComponent") // a view, never compared
public record Voice(String name, String language, float[] vector, double medianHz) {

  /** Checks the pitch. */
  public Voice {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(vector, "vector");
    if (!(medianHz > 30 && medianHz < 1000)) {
      throw new IllegalArgumentException("a voice at " + medianHz + " Hz");
    }
  }
}
