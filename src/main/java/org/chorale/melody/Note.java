package org.chorale.melody;

/**
 * The note of a syllable.
 *
 * @param midi MIDI number, 60 is middle C, 69 is 440 Hz
 * @param sung false when no pitch was heard: {@code midi} is then taken from the neighbours
 */
public record Note(int midi, boolean sung) {}
