package org.chorale.batch;

/**
 * An item that is handed to a worker.
 *
 * @param item what to align
 * @param stamp its files as the plan saw them
 * @param known fingerprint of the result that there is already, empty if there is none
 * @param attempt 1 for the first
 */
public record Work(BatchItem item, String stamp, String known, int attempt)
    implements CborMessage {}
