package org.chorale.align;

/**
 * One phone of an aligned word.
 *
 * @param phone its symbol in the inventory of the model (IPA)
 * @param startSeconds start, seconds from the first decoded sample
 * @param endSeconds end, not before the start
 * @param confidence 0 to 1
 */
public record AlignedPhone(
    String phone, double startSeconds, double endSeconds, double confidence) {}
