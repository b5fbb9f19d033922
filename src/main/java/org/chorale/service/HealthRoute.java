package org.chorale.service;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code GET /health/live} and {@code GET /health/ready}, for those that watch the service. */
final class HealthRoute extends AllDirectives implements ServiceRoute {

  private final Readiness readiness;

  HealthRoute(Readiness readiness) {
    this.readiness = readiness;
  }

  @Override
  public Route route() {
    return pathPrefix(
        "health",
        () ->
            concat(
                path(segment("live"), () -> get(this::live)),
                path(segment("ready"), () -> get(this::ready))));
  }

  private Route live() {
    return complete(
        Json.response(200, JsonNodeFactory.instance.objectNode().put("status", "live")));
  }

  private Route ready() {
    boolean ready = readiness.isReady();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("status", readiness.isDraining() ? "draining" : ready ? "ready" : "not ready");
    ObjectNode parts = body.putObject("parts");
    readiness.parts().forEach(parts::put);
    return complete(Json.response(ready ? 200 : 503, body));
  }
}
