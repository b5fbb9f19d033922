package org.chorale.align;

import java.util.List;

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

  @Override
  public float[] logPriors() {
    return logPriors.clone();
  }
}
