package org.chorale.synth;

/**
 * How a text is spoken.
 *
 * @param rate speed, 0.5 to 2; 1 is that of the voice
 * @param method what finds the tokens
 * @param seed of all chance in it: the same seed gives the same sound
 */
public record SpeechSettings(double rate, Method method, long seed) {

  /** Slowest and fastest. */
  public static final double SLOWEST = 0.5;

  /** See {@link #SLOWEST}. */
  public static final double FASTEST = 2.0;

  /** The ways from phones to tokens. */
  public enum Method {
    /** A token after the other, and on to the next phone with every blank. */
    TRANSDUCER,
    /** All tokens at once, by predicted durations. */
    PARALLEL
  }

  /** Checks the rate. */
  public SpeechSettings {
    if (!(rate >= SLOWEST && rate <= FASTEST)) {
      throw new IllegalArgumentException("a rate of " + rate);
    }
  }
}
