/**
 * Live sessions on several nodes: a sharded entity for each session, whose record is replicated as
 * distributed data, so that any node can take a session over.
 */
package org.chorale.session.cluster;
