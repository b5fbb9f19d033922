/**
 * Speech from text by semantic tokens: phones to tokens and their times ({@link
 * org.chorale.synth.TokenTransducer}, {@link org.chorale.synth.ParallelTokens}), tokens to sound
 * ({@link org.chorale.synth.SpeechGenerator}), and sound to tokens ({@link
 * org.chorale.synth.SemanticTokenizer}). {@link org.chorale.synth.Synthesizer} is the entry.
 */
package org.chorale.synth;
