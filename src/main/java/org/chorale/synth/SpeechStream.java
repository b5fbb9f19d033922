package org.chorale.synth;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.chorale.model.ModelException;

/**
 * A text as it is spoken, piece by piece; memory does not grow with the text. Nothing is computed
 * but by {@link #next}, so whoever takes the pieces slowly is waited for. Not thread-safe.
 */
public final class SpeechStream {

  private final SentenceCutter sentences;
  private final Synthesizer synthesizer;
  private final Synthesizer.Request request;
  private SpeechGenerator.Speaking speaking;
  private long samples;
  private long sentence;

  SpeechStream(SentenceCutter sentences, Synthesizer synthesizer, Synthesizer.Request request) {
    this.sentences = sentences;
    this.synthesizer = synthesizer;
    this.request = request;
  }

  /**
   * The next piece, nothing at the end.
   *
   * @throws ModelException when a lexicon is broken
   */
  public Optional<SpeechBlock> next() throws ModelException {
    double start = seconds();
    if (speaking != null && !speaking.isDone()) {
      return Optional.of(block(List.of(), start));
    }
    Optional<Sentence> found = sentences.next();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Sentence next = found.get();
    if (!next.isSpoken()) {
      List<SpokenWord> silent = new ArrayList<>();
      for (int w = 0; w < next.words().size(); w++) {
        silent.add(new SpokenWord(next.firstWord() + w, Double.NaN, Double.NaN));
      }
      return Optional.of(new SpeechBlock(silent, start, new float[0]));
    }
    Synthesizer.Planned planned = synthesizer.plan(next, request, sentence++);
    speaking = planned.speaking();
    return Optional.of(block(planned.words(next.firstWord(), start), start));
  }

  private SpeechBlock block(List<SpokenWord> words, double start) {
    float[] sound = speaking.next();
    samples += sound.length;
    return new SpeechBlock(words, start, sound);
  }

  /** Seconds made so far. */
  public double seconds() {
    return samples / (double) Synthesizer.SAMPLE_RATE;
  }
}
