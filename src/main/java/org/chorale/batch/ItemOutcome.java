package org.chorale.batch;

/**
 * What a worker says of an item.
 *
 * @param id the item
 * @param attempt which attempt it was
 * @param unchanged whether its content is that of the result there is, so that nothing was done
 * @param again whether another attempt may succeed
 * @param result what became of it; only its stamp counts when it is unchanged
 * @param worker the node that did it
 * @param tookSeconds time from taking it up to its last output
 */
public record ItemOutcome(
    String id,
    int attempt,
    boolean unchanged,
    boolean again,
    ItemRecord result,
    String worker,
    double tookSeconds)
    implements CborMessage {}
