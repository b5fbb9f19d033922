package org.chorale.synth;

import java.util.List;

/**
 * A piece of speech.
 *
 * @param words the words of the sentence that starts with this piece, spoken or not; empty for a
 *     piece that goes on. So words are known before the first of their sound
 * @param startSeconds when the piece starts
 * @param samples 16 kHz mono in [-1, 1]; may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // a view, never compared
public record SpeechBlock(List<SpokenWord> words, double startSeconds, float[] samples) {

  /** Takes an immutable copy of the words. */
  public SpeechBlock {
    words = List.copyOf(words);
  }
}
