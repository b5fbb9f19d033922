package org.chorale.syllable;

/**
 * A part of a word that is sung on a note, with its time. The syllables of a word, joined, are the
 * word as it is spelled, its punctuation included.
 *
 * @param text its letters, as spelled
 * @param charStart first UTF-16 code unit in the text
 * @param charEnd one past the last
 * @param startSeconds when it begins
 * @param endSeconds when it ends, not before {@code startSeconds}
 */
public record Syllable(
    String text, int charStart, int charEnd, double startSeconds, double endSeconds) {}
