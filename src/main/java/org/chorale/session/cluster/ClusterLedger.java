package org.chorale.session.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.chorale.session.SessionLedger;
import org.chorale.session.StreamRequest;
import org.chorale.session.cluster.SessionEntity.Answer;
import org.chorale.session.cluster.SessionEntity.Outcome;

/**
 * The ledger of a cluster: asks the entity of a session, wherever it is, and asks again while it is
 * on its way from a node that died to another one.
 */
public final class ClusterLedger implements SessionLedger {

  private static final EntityTypeKey<SessionEntity.Command> TYPE =
      EntityTypeKey.create(SessionEntity.Command.class, "chorale-session");

  private final ClusterSharding sharding;
  private final Replicas replicas;
  private final Settings settings;

  /**
   * How long things may take.
   *
   * @param majority for a majority of the nodes to answer
   * @param call for one call of an entity, after which it is made again
   * @param patience for a call to succeed
   * @param silence of the owner after which a session is over
   */
  public record Settings(Duration majority, Duration call, Duration patience, Duration silence) {}

  private ClusterLedger(ActorSystem<?> system, Replicas replicas, Settings settings) {
    this.sharding = ClusterSharding.get(system);
    this.replicas = replicas;
    this.settings = settings;
  }

  /** Has this node take part; entities may come to it from now on. */
  public static ClusterLedger start(ActorSystem<?> system, Settings settings) {
    Replicas replicas = new Replicas(system, settings.majority());
    ClusterSharding.get(system)
        .init(
            Entity.of(
                    TYPE,
                    entity ->
                        SessionEntity.create(entity.getEntityId(), replicas, settings.silence()))
                // Sessions end by themselves.
                .withSettings(ClusterShardingSettings.create(system).withNoPassivationStrategy()));
    return new ClusterLedger(system, replicas, settings);
  }

  private CompletionStage<Answer> call(
      String key, Function<ActorRef<Answer>, SessionEntity.Command> message) {
    return untilItSucceeds(
        () -> sharding.entityRefFor(TYPE, key).ask(message::apply, settings.call()),
        System.nanoTime() + settings.patience().toNanos());
  }

  private static <T> CompletionStage<T> untilItSucceeds(
      Supplier<CompletionStage<T>> attempt, long untilNanos) {
    return attempt
        .get()
        .exceptionallyCompose(
            error ->
                System.nanoTime() < untilNanos
                    ? untilItSucceeds(attempt, untilNanos)
                    : java.util.concurrent.CompletableFuture.failedFuture(error));
  }

  @Override
  public CompletionStage<Void> open(
      String key,
      String secretDigest,
      String name,
      StreamRequest request,
      ActorRef<Overtaken> owner) {
    StreamRequest rest =
        new StreamRequest(
            "",
            wellFormed(request.language()),
            request.mode(),
            request.encoding(),
            request.sampleRate(),
            request.channels(),
            request.granularity(),
            null);
    String attempt = UUID.randomUUID().toString();
    return untilItSucceeds(
            () -> replicas.writeText(key, request.text()),
            System.nanoTime() + settings.patience().toNanos())
        .thenCompose(
            parts ->
                call(
                    key,
                    replyTo ->
                        new SessionEntity.Open(
                            SessionRecord.first(
                                attempt, secretDigest, wellFormed(name), rest, parts, owner),
                            replyTo)))
        .thenAccept(
            answer -> {
              if (answer.outcome() != Outcome.DONE) {
                throw new IllegalStateException("there is a session of that key");
              }
            });
  }

  /** A name may have half a pair of surrogates, which cannot be written as UTF-8. */
  private static String wellFormed(String name) {
    return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Override
  public CompletionStage<Boolean> keep(String key, long epoch, Progress progress) {
    return call(key, replyTo -> new SessionEntity.Keep(epoch, progress, replyTo))
        .thenApply(answer -> answer.outcome() == Outcome.DONE);
  }

  @Override
  public CompletionStage<Optional<Handover>> claim(
      String key, String secretDigest, ActorRef<Overtaken> owner) {
    String attempt = UUID.randomUUID().toString();
    return call(key, replyTo -> new SessionEntity.Claim(secretDigest, attempt, owner, replyTo))
        .thenCompose(
            answer ->
                answer.outcome() == Outcome.DONE
                    ? handover(key, answer.state()).thenApply(Optional::of)
                    : java.util.concurrent.CompletableFuture.completedFuture(Optional.empty()));
  }

  private CompletionStage<Handover> handover(String key, SessionRecord state) {
    CompletionStage<List<KeptWord>> words =
        untilItSucceeds(
            () -> replicas.readWords(key, state),
            System.nanoTime() + settings.patience().toNanos());
    CompletionStage<String> text =
        untilItSucceeds(
            () -> replicas.readText(key, state.textParts()),
            System.nanoTime() + settings.patience().toNanos());
    StreamRequest rest = state.request();
    return words.thenCombine(
        text,
        (allWords, wholeText) ->
            new Handover(
                state.epoch(),
                state.name(),
                new StreamRequest(
                    wholeText,
                    rest.language(),
                    rest.mode(),
                    rest.encoding(),
                    rest.sampleRate(),
                    rest.channels(),
                    rest.granularity(),
                    state.name()),
                allWords,
                state.segments(),
                state.word(),
                state.seconds()));
  }

  @Override
  public CompletionStage<Boolean> isCurrent(String key, long epoch) {
    return call(key, SessionEntity.Ask::new)
        .thenApply(answer -> answer.outcome() == Outcome.DONE && answer.state().epoch() == epoch);
  }

  /** Whether there is a session of a key. */
  CompletionStage<Boolean> isKnown(String key) {
    return call(key, SessionEntity.Ask::new)
        .thenApply(answer -> answer.outcome() != Outcome.UNKNOWN);
  }

  @Override
  public CompletionStage<Boolean> close(String key, long epoch) {
    return call(key, replyTo -> new SessionEntity.Close(epoch, replyTo))
        .thenApply(answer -> answer.outcome() != Outcome.REFUSED);
  }
}
