package org.chorale.align;

/**
 * One phone of an aligned word, or one token of a foreign model.
 *
 * @param phone its symbol: IPA in our own inventory, otherwise as the model's vocabulary has it
 * @param startSeconds start, seconds from the first decoded sample
 * @param endSeconds end, not before the start
 * @param confidence 0 to 1
 */
public record AlignedPhone(
    String phone, double startSeconds, double endSeconds, double confidence) {}
