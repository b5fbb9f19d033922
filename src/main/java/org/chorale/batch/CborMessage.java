package org.chorale.batch;

/** What crosses nodes or is kept in the journal: written as CBOR by Jackson. */
public interface CborMessage {}
