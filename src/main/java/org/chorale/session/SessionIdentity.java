package org.chorale.session;

import akka.actor.typed.ActorRef;

/**
 * Who a session is.
 *
 * @param key by which nodes find it
 * @param name in logs
 * @param resumeToken with which a client comes back
 * @param secretDigest of that token
 * @param owner told when another node has the session
 */
public record SessionIdentity(
    String key,
    String name,
    String resumeToken,
    String secretDigest,
    ActorRef<SessionLedger.Overtaken> owner) {}
