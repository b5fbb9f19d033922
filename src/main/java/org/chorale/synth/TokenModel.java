package org.chorale.synth;

/** A way from phones to tokens. Thread-safe. */
interface TokenModel {

  /**
   * Finds the tokens of a sentence.
   *
   * @param settings speed and chance
   */
  TokenPlan plan(Encoding sentence, SpeechSettings settings);
}
