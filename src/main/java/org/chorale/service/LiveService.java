package org.chorale.service;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.chorale.session.InferenceRouter;
import org.chorale.session.SessionLedger;
import org.chorale.session.SessionMetrics;
import org.chorale.session.SessionModels;
import org.chorale.session.SessionRegistry;
import org.chorale.session.SessionSettings;
import org.chorale.session.SessionSurroundings;
import org.chorale.session.cluster.SessionCluster;
import org.chorale.text.DocumentReader;

/** Puts live alignment together: the router, the registry of sessions, and their route. */
public final class LiveService {

  private static final Duration DRAIN = Duration.ofSeconds(10);

  private LiveService() {}

  /**
   * Starts it. When the actor system stops, clients are told, and their sessions end, before the
   * server stops listening.
   *
   * @param config the whole configuration; {@code chorale.session} is read
   */
  public static ServiceRoute start(
      ActorSystem<?> system, Config config, SessionModels models, SessionMetrics metrics) {
    SessionSettings settings = SessionSettings.of(config);
    Config inference = config.getConfig("chorale.session.inference");
    ActorRef<InferenceRouter.Command> router =
        system.systemActorOf(
            InferenceRouter.create(
                models.follower().model(),
                executor(system, "chorale.session.inference-dispatcher"),
                inference.getInt("workers"),
                inference.getInt("max-streams"),
                metrics),
            "inference",
            Props.empty());
    Executor storage = executor(system, "chorale.session.storage-dispatcher");
    Optional<SessionLedger> ledger = SessionCluster.start(system, settings, storage);
    ActorRef<SessionRegistry.Command> registry =
        system.systemActorOf(
            SessionRegistry.create(
                new SessionSurroundings(
                    models,
                    settings,
                    new DocumentReader(),
                    router,
                    executor(system, "chorale.session.offline-dispatcher"),
                    storage,
                    ledger,
                    metrics)),
            "sessions",
            Props.empty());
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind(),
            "chorale-sessions",
            () ->
                AskPattern.<SessionRegistry.Command, SessionRegistry.Count>ask(
                        registry, SessionRegistry.ShutDown::new, DRAIN, system.scheduler())
                    .thenApply(count -> Done.getInstance()));
    return new LiveRoute(
        system,
        registry,
        settings.textCharacters(),
        config.getInt("chorale.session.max-message-bytes"));
  }

  private static Executor executor(ActorSystem<?> system, String dispatcher) {
    return system.dispatchers().lookup(DispatcherSelector.fromConfig(dispatcher));
  }
}
