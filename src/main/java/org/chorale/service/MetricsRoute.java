package org.chorale.service;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import java.nio.charset.StandardCharsets;

/** {@code GET /metrics}, for Prometheus. */
final class MetricsRoute extends AllDirectives implements ServiceRoute {

  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final ServiceMetrics metrics;

  MetricsRoute(ServiceMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public Route route() {
    return path(
        "metrics",
        () ->
            get(
                () ->
                    complete(
                        HttpResponse.create()
                            .withEntity(
                                HttpEntities.create(
                                    ContentTypes.parse(TYPE),
                                    metrics.scrape().getBytes(StandardCharsets.UTF_8))))));
  }
}
