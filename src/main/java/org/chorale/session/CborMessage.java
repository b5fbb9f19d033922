package org.chorale.session;

/** What crosses nodes of a cluster: written as CBOR by Jackson. */
public interface CborMessage {}
