package org.chorale.session;

import akka.actor.typed.ActorRef;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.chorale.text.DocumentReader;

/**
 * What sessions have in common.
 *
 * @param texts reads texts
 * @param router brings steps to the model
 * @param offline where texts are prepared and results are made; it blocks
 * @param storage where recordings are written to the storage and removed; it blocks
 * @param ledger what other nodes may go on from; empty outside of a cluster
 */
public record SessionSurroundings(
    SessionModels models,
    SessionSettings settings,
    DocumentReader texts,
    ActorRef<InferenceRouter.Command> router,
    Executor offline,
    Executor storage,
    Optional<SessionLedger> ledger,
    SessionMetrics metrics) {}
