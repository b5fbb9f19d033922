package org.chorale.service;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.ServerBuilder;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The server: binds the routes to the address of the settings, over TLS where there is a
 * certificate, and lets running requests end when the actor system stops. Thread-safe.
 */
public final class ChoraleServer extends AllDirectives {

  /** Paths that metrics tell apart; all others are files of the page, or mistakes. */
  private static final Set<String> KNOWN_PATHS =
      Set.of(
          "/",
          "/metrics",
          "/health/live",
          "/health/ready",
          "/v1/align",
          "/v1/export",
          "/v1/speak",
          "/v1/models",
          "/v1/formats",
          "/v1/openapi.json");

  /** What requests that outlasted the drain still get. */
  private static final Duration TERMINATION = Duration.ofSeconds(5);

  private final ServiceSettings settings;
  private final AccessPolicy access;
  private final ErrorReplies errors;
  private final Readiness readiness;
  private final ServiceMetrics metrics;
  private final RequestsInFlight requests = new RequestsInFlight();

  /** A server, not bound yet. */
  public ChoraleServer(
      ServiceSettings settings,
      AccessPolicy access,
      ErrorReplies errors,
      Readiness readiness,
      ServiceMetrics metrics) {
    this.settings = settings;
    this.access = access;
    this.errors = errors;
    this.readiness = readiness;
    this.metrics = metrics;
  }

  /**
   * Binds the address. From then on the actor system's coordinated shutdown first reports the
   * service as not ready, takes no new connections, and lets requests end.
   *
   * @return where it listens; fails when the address cannot be bound
   * @throws SettingsException when the keystore cannot be read
   */
  public CompletionStage<URI> start(ActorSystem<?> system, ServiceRoutes routes)
      throws SettingsException {
    ServerBuilder builder = Http.get(system).newServerAt(settings.host(), settings.port());
    if (settings.tls().isPresent()) {
      builder =
          builder.enableHttps(ConnectionContext.httpsServer(TlsContext.of(settings.tls().get())));
    }
    CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
    shutdown.addTask(
        CoordinatedShutdown.PhaseBeforeServiceUnbind(),
        "chorale-drain",
        () -> {
          readiness.drain();
          return CompletableFuture.completedFuture(Done.getInstance());
        });
    // Akka's own termination cuts off an answer that is given in the moment in which it begins.
    shutdown.addTask(
        CoordinatedShutdown.PhaseServiceUnbind(),
        "chorale-requests",
        () -> requests.whenNone(settings.drainTimeout().minusSeconds(1)));
    return builder
        .bindFlow(ClientPresence.watching(route(routes).handler(system.classicSystem())))
        .thenApply(binding -> address(binding.addToCoordinatedShutdown(TERMINATION, system)));
  }

  private URI address(ServerBinding binding) {
    InetSocketAddress bound = binding.localAddress();
    String host = bound.getAddress().getHostAddress();
    return URI.create(
        "%s://%s:%d/"
            .formatted(
                settings.tls().isPresent() ? "https" : "http",
                host.contains(":") ? "[" + host + "]" : host,
                bound.getPort()));
  }

  /** All routes, with access, errors, headers and metrics around them. */
  Route route(ServiceRoutes routes) {
    Route guarded = access.guard(() -> any(routes.guarded()));
    Route sealed =
        concat(any(routes.open()), unlessDraining(guarded))
            .seal(errors.rejections(), errors.exceptions());
    return extractRequest(
        request -> {
          long began = System.nanoTime();
          requests.enter();
          return mapResponse(response -> finished(request, response, began), () -> sealed);
        });
  }

  /** Connections that are there may still bring requests when no new ones are taken. */
  private Route unlessDraining(Route inner) {
    return extractRequest(
        request ->
            readiness.isDraining()
                ? complete(
                    errors.reply(
                        ErrorCode.OVERLOADED, "The service is shutting down; try another one."))
                : inner);
  }

  private Route any(List<ServiceRoute> routes) {
    return routes.stream().map(ServiceRoute::route).reduce(this::concat).orElseGet(this::reject);
  }

  private HttpResponse finished(HttpRequest request, HttpResponse response, long began) {
    requests.leave();
    String path = request.getUri().path();
    metrics.answered(
        KNOWN_PATHS.contains(path) ? path : "other",
        response.status().intValue(),
        Duration.ofNanos(System.nanoTime() - began));
    return SecurityHeaders.on(request, response);
  }
}
