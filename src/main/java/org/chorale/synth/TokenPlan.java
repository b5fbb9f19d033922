package org.chorale.synth;

/**
 * What the generator is to say, and when.
 *
 * @param counts how many tokens each phone has, 0 or more
 * @param tokens the tokens of all phones, one after another
 */
@SuppressWarnings("ArrayRecordComponent") // a view, never compared
record TokenPlan(int[] counts, int[] tokens) {}
