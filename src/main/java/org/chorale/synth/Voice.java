package org.chorale.synth;

import java.util.Objects;

/**
 * Who speaks.
 *
 * @param name name, or that of the reference recording
 * @param language primary tag of the language that the voice is at home in; empty when not known
 * @param manner how the speaker talks, for the text model
 * @param timbre how the speaker sounds, for the generator
 * @param correction what is added to the generator's cepstra, so that its average spectrum is that
 *     of the speaker; zeros for voices that the generator knows
 * @param medianHz pitch that the voice goes around
 * @param pitchSpread how far the pitch moves around that in octaves, as {@link PitchSpread}
 *     measures it; 0 leaves it to the model
 * @param pace how fast the voice speaks, 1 as usual
 */
@SuppressWarnings("ArrayRecordComponent") // a view, never compared
public record Voice(
    String name,
    String language,
    float[] manner,
    float[] timbre,
    float[] correction,
    double medianHz,
    double pitchSpread,
    double pace) {

  /** Checks the pitch, its spread and the pace. */
  public Voice {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(manner, "manner");
    Objects.requireNonNull(timbre, "timbre");
    Objects.requireNonNull(correction, "correction");
    if (!(medianHz > 30 && medianHz < 1000)) {
      throw new IllegalArgumentException("a voice at " + medianHz + " Hz");
    }
    if (!(pitchSpread >= 0 && pitchSpread < 3 && pace > 0 && pace < 10)) {
      throw new IllegalArgumentException(
          "a pitch spread of %s octaves, a pace of %s".formatted(pitchSpread, pace));
    }
  }
}
