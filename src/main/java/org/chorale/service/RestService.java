package org.chorale.service;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.stream.Materializer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.chorale.export.TimedFormats;

/** Puts the REST interface, the page, health and metrics together. */
public final class RestService {

  private RestService() {}

  /**
   * The routes.
   *
   * @param models folder of the models
   * @param spool where uploads wait; closed by the caller
   * @throws IOException when a model's manifest is broken
   */
  public static ServiceRoutes routes(
      ActorSystem<?> system,
      ServiceSettings settings,
      Path models,
      AlignmentEngine engine,
      Spool spool,
      Readiness readiness,
      ServiceMetrics metrics)
      throws IOException {
    TimedFormats formats = TimedFormats.all();
    WorkGate aligning = gate(system, "align", settings.align().capacity(), metrics);
    WorkGate exporting = gate(system, "export", settings.export().capacity(), metrics);
    FormReader forms =
        new FormReader(
            new FormReader.Expected(
                Upload.RECORDING,
                Upload.FIELDS,
                settings.align().maxAudioBytes(),
                settings.align().maxTextBytes(),
                settings.align().uploadTimeout()),
            spool,
            Materializer.matFromSystem(system.classicSystem()));
    return new ServiceRoutes(
        List.of(new PageRoute(), new HealthRoute(readiness)),
        List.of(
            new AlignRoute(settings.align(), forms, formats, spool, engine, aligning, metrics),
            new ExportRoute(settings.export(), formats, engine, exporting),
            CatalogueRoute.of(models, formats),
            new MetricsRoute(metrics)));
  }

  /** The gate of some work: it runs on the dispatcher of its own. */
  static WorkGate gate(
      ActorSystem<?> system,
      String name,
      ServiceSettings.Capacity capacity,
      ServiceMetrics metrics) {
    return new WorkGate(
        name,
        capacity,
        system
            .dispatchers()
            .lookup(DispatcherSelector.fromConfig("chorale.service." + name + "-dispatcher")),
        metrics);
  }
}
