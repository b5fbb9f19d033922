package org.chorale.acoustic;

import java.util.List;
import java.util.Map;

/**
 * The classes of a phone model and what training measured of them.
 *
 * @param symbols symbol (IPA) of every class, silence among them
 * @param silence index of silence
 * @param logPriors natural logarithm of every class's share of the frames
 * @param broadClasses name of the broad class of every class ("vowel", "nasal", ...)
 * @param transitionBiasMs mean error of the model's boundaries, milliseconds, positive when late,
 *     by "left right" broad classes
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record PhoneSet(
    List<String> symbols,
    int silence,
    float[] logPriors,
    List<String> broadClasses,
    Map<String, Double> transitionBiasMs) {

  /** Takes immutable copies of the collections. */
  public PhoneSet {
    symbols = List.copyOf(symbols);
    broadClasses = List.copyOf(broadClasses);
    transitionBiasMs = Map.copyOf(transitionBiasMs);
  }

  /** Whether a class is a vowel. */
  public boolean isVowel(int classIndex) {
    return broadClasses.get(classIndex).equals("vowel");
  }
}
