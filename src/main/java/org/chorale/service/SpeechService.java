package org.chorale.service;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import akka.stream.Materializer;

/** Puts speech from text together: {@code POST /v1/speak} and the WebSocket at the same path. */
public final class SpeechService extends AllDirectives implements ServiceRoute {

  private final SpeakRoute whole;
  private final SpeakSocketRoute live;

  private SpeechService(SpeakRoute whole, SpeakSocketRoute live) {
    this.whole = whole;
    this.live = live;
  }

  /**
   * Starts it. When the actor system stops, texts that are being spoken have the drain timeout to
   * end.
   *
   * @param spool where recordings of voices and encoded speech wait; closed by the caller
   */
  public static ServiceRoute start(
      ActorSystem<?> system,
      ServiceSettings settings,
      SpeechEngine engine,
      Spool spool,
      Readiness readiness,
      ServiceMetrics metrics) {
    ServiceSettings.Speak limits = settings.speak();
    WorkGate gate = RestService.gate(system, "speak", limits.capacity(), metrics);
    SpeechWork work = new SpeechWork(limits, engine, gate, readiness, metrics);
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseServiceUnbind(),
            "chorale-speech",
            () -> work.whenNone(settings.drainTimeout().minusSeconds(1)));
    FormReader forms =
        new FormReader(
            new FormReader.Expected(
                SpeakRoute.REFERENCE,
                SpeakRoute.FIELDS,
                limits.maxReferenceBytes(),
                limits.maxTextCharacters() * 4L,
                limits.uploadTimeout()),
            spool,
            Materializer.matFromSystem(system.classicSystem()));
    return new SpeechService(
        new SpeakRoute(limits, forms, spool, work),
        new SpeakSocketRoute(limits, work, Materializer.matFromSystem(system.classicSystem())));
  }

  @Override
  public Route route() {
    return concat(live.route(), whole.route());
  }
}
