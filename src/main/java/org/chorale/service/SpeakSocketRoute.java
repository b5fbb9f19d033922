package org.chorale.service;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.ws.WebSocketUpgrade;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.PathMatchers;
import akka.http.javadsl.server.Route;
import akka.stream.Materializer;
import java.util.Optional;

/** {@code WS /v1/speak}: a text on every socket, spoken as fast as its client takes it. */
final class SpeakSocketRoute extends AllDirectives implements ServiceRoute {

  private final ServiceSettings.Speak settings;
  private final SpeechWork work;
  private final Materializer materializer;
  private final SpeakProtocol protocol = new SpeakProtocol();
  private final ErrorReplies errors = new ErrorReplies();

  SpeakSocketRoute(ServiceSettings.Speak settings, SpeechWork work, Materializer materializer) {
    this.settings = settings;
    this.work = work;
    this.materializer = materializer;
  }

  @Override
  public Route route() {
    return path(
        PathMatchers.segment("v1").slash("speak"),
        () ->
            extractRequest(
                request -> {
                  Optional<WebSocketUpgrade> upgrade =
                      request.getAttribute(AttributeKeys.webSocketUpgrade);
                  return upgrade.isEmpty()
                      ? reject()
                      : complete(
                          AccessPolicy.open(
                              upgrade.get(),
                              new SpeakSocket(settings, work, protocol, errors, materializer)
                                  .flow()));
                }));
  }
}
