package org.chorale.session;

import akka.actor.typed.ActorRef;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A ledger that is asked nothing; tests override what they expect to be asked. */
class UnaskedLedger implements SessionLedger {

  @Override
  public CompletionStage<Void> open(
      String key,
      String secretDigest,
      String name,
      StreamRequest request,
      ActorRef<Overtaken> owner) {
    throw new AssertionError("nothing is opened here");
  }

  @Override
  public CompletionStage<Boolean> keep(String key, long epoch, Progress progress) {
    throw new AssertionError("nothing is kept here");
  }

  @Override
  public CompletionStage<Optional<Handover>> claim(
      String key, String secretDigest, ActorRef<Overtaken> owner) {
    throw new AssertionError("nobody claims here");
  }

  @Override
  public CompletionStage<Boolean> isCurrent(String key, long epoch) {
    throw new AssertionError("nobody asks here");
  }

  @Override
  public CompletionStage<Boolean> close(String key, long epoch) {
    throw new AssertionError("nothing is over here");
  }
}
