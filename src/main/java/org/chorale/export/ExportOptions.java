package org.chorale.export;

/**
 * What to write of an alignment.
 *
 * @param phones whether phones are written by the formats that can hold them
 */
public record ExportOptions(boolean phones) {}
