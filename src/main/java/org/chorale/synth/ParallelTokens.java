package org.chorale.synth;

/**
 * All tokens at once: phones are stretched by their expected durations, and every frame is
 * classified. Thread-safe.
 */
final class ParallelTokens implements TokenModel {

  private final FrameModel frames;

  ParallelTokens(FrameModel frames) {
    this.frames = frames;
  }

  @Override
  public TokenPlan plan(Encoding sentence, SpeechSettings settings) {
    int[] counts = Durations.tokens(Durations.seconds(sentence, settings.rate()));
    return new TokenPlan(counts, frames.of(sentence, counts).tokens());
  }
}
