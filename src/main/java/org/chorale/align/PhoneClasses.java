package org.chorale.align;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the aligner must know of the classes of an acoustic model.
 *
 * @param symbols symbol of every class
 * @param silence index of silence
 * @param logPriors natural logarithm of every class's share of the training frames
 * @param frameSeconds time from frame to frame, seconds
 * @param bias mean error of its boundaries by kind of transition
 * @param durations usual durations
 */
public record PhoneClasses(
    List<String> symbols,
    int silence,
    float[] logPriors,
    double frameSeconds,
    TransitionBias bias,
    DurationModel durations) {

  /** Takes copies. */
  public PhoneClasses {
    symbols = List.copyOf(symbols);
    logPriors = logPriors.clone();
    if (logPriors.length != symbols.size() || silence < 0 || silence >= symbols.size()) {
      throw new IllegalArgumentException("classes are inconsistent");
    }
  }

  /** What hesitations are made of, in any language: "uh", "um", "äh", "euh", "eh". */
  private static final Set<String> HESITATIONS =
      Set.of("ə", "ɜ", "ɐ", "ɛ", "e", "œ", "ø", "ʌ", "a", "m");

  /** The classes that hesitations are made of, as far as the model has them. */
  int[] hesitations() {
    return IntStream.range(0, symbols.size())
        .filter(c -> HESITATIONS.contains(symbols.get(c)))
        .toArray();
  }

  @Override
  public float[] logPriors() {
    return logPriors.clone();
  }
}
