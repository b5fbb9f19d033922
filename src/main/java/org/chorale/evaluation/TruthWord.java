package org.chorale.evaluation;

/**
 * A word of a truth set.
 *
 * @param startSeconds where it begins
 * @param endSeconds where it ends; NaN when the truth does not say
 * @param spelling its spelling as {@link Spelling} makes it, for pairing
 */
public record TruthWord(double startSeconds, double endSeconds, String spelling) {}
