package org.chorale.service;

import akka.NotUsed;
import akka.http.javadsl.model.AttributeKey;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.japi.function.Function;
import akka.stream.javadsl.Flow;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;

/**
 * Whether the client that sent a request is still connected. Akka HTTP tells no route, so requests
 * come through {@link #watching}, which sees their connection end. Thread-safe.
 */
final class ClientPresence {

  private static final AttributeKey<ClientPresence> KEY =
      AttributeKey.create("chorale-client", ClientPresence.class);

  private volatile boolean ended;
  private volatile boolean broken;

  /** What a request knows of its client. */
  @FunctionalInterface
  interface Presence {
    /** Whether nobody waits for the answer any more. */
    boolean isGone();
  }

  /**
   * Answers the requests of a connection one after the other, and watches it while an answer is
   * made: Akka reads one piece ahead, so that the end of a connection is seen unless the client has
   * sent its next request before.
   */
  static Flow<HttpRequest, HttpResponse, ?> watching(
      Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
    return Flow.fromMaterializer((materializer, attributes) -> of(handler));
  }

  private static Flow<HttpRequest, HttpResponse, NotUsed> of(
      Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
    ClientPresence client = new ClientPresence();
    return Flow.<HttpRequest>create()
        .watchTermination(
            (nothing, done) -> {
              done.whenComplete((d, failure) -> client.leave(failure));
              return nothing;
            })
        .map(request -> (HttpRequest) request.addAttribute(KEY, client))
        .mapAsync(1, handler);
  }

  private void leave(Throwable failure) {
    broken = failure != null;
    ended = true;
  }

  /** The client of a request; always there where nobody watches. */
  static Presence of(HttpRequest request) {
    ClientPresence client = request.getAttribute(KEY).orElse(null);
    if (client == null) {
      return () -> false;
    }
    // Nothing comes after a request that is the last one, and its client waits all the same.
    return isLast(request) ? () -> client.broken : () -> client.ended;
  }

  private static boolean isLast(HttpRequest request) {
    boolean old = request.protocol().value().equals("HTTP/1.0");
    return StreamSupport.stream(request.getHeaders().spliterator(), false)
        .filter(header -> header.is("connection"))
        .map(HttpHeader::value)
        .map(value -> value.toLowerCase(Locale.ROOT))
        .findFirst()
        .map(value -> old ? !value.contains("keep-alive") : value.contains("close"))
        .orElse(old);
  }
}
