package org.chorale.service;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.model.ws.Message;
import akka.http.javadsl.model.ws.WebSocketUpgrade;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import akka.stream.javadsl.Flow;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/**
 * Who may use the interface, WebSocket upgrades included: {@link #guard} checks, in this order, the
 * name by which the service is called, the web page that asks (Origin), the rate of requests, and
 * the token.
 *
 * <p>The token comes as {@code Authorization: Bearer TOKEN}. Browsers cannot add headers to a
 * WebSocket: there it may be offered as the subprotocol {@code chorale.bearer.} with the token in
 * base64url without padding behind it, beside {@link #SUBPROTOCOL}. Thread-safe.
 */
public final class AccessPolicy extends AllDirectives {

  /** The subprotocol that the server chooses when the client offers it; see {@link #open}. */
  public static final String SUBPROTOCOL = "chorale.v1";

  private static final String BEARER_SUBPROTOCOL = "chorale.bearer.";
  private static final String BEARER = "bearer ";

  private final ServiceSettings.Access settings;
  private final RequestRate rate;
  private final ErrorReplies errors;

  /** A policy. */
  public AccessPolicy(ServiceSettings.Access settings, RequestRate rate, ErrorReplies errors) {
    this.settings = settings;
    this.rate = rate;
    this.errors = errors;
  }

  /** Whether clients have to show a token. */
  public boolean needsToken() {
    return settings.token().isPresent();
  }

  /**
   * Opens a WebSocket that was let through, with {@link #SUBPROTOCOL} if the client offers it.
   *
   * @param upgrade the request's attribute {@link AttributeKeys#webSocketUpgrade}
   */
  public static HttpResponse open(WebSocketUpgrade upgrade, Flow<Message, Message, ?> messages) {
    boolean offered =
        StreamSupport.stream(upgrade.getRequestedProtocols().spliterator(), false)
            .anyMatch(SUBPROTOCOL::equals);
    return offered
        ? upgrade.handleMessagesWith(messages, SUBPROTOCOL)
        : upgrade.handleMessagesWith(messages);
  }

  /** Lets through to {@code inner} what may pass. */
  public Route guard(Supplier<Route> inner) {
    return extractRequest(
        request -> {
          Optional<ServiceException> refusal = refusal(request);
          if (refusal.isPresent()) {
            return refuse(request, refusal.get());
          }
          if (isPreflight(request)) {
            return complete(preflight(request));
          }
          return foreignOrigin(request)
              .map(origin -> mapResponse(r -> readableBy(r, origin), inner))
              .orElseGet(inner);
        });
  }

  /** The body is read and thrown away: a client that still sends would not see the answer. */
  private Route refuse(HttpRequest request, ServiceException refusal) {
    return extractMaterializer(
        materializer -> {
          request.discardEntityBytes(materializer);
          return complete(errors.reply(refusal));
        });
  }

  /** Why a request may not pass; empty if it may. */
  Optional<ServiceException> refusal(HttpRequest request) {
    if (!hostAllowed(request)) {
      return forbidden(
          "The service is not called by this name; see chorale.service.allowed-hosts.");
    }
    if (!originAllowed(request)) {
      return forbidden(
          "Web pages of this origin may not use the service; see chorale.service.allowed-origins.");
    }
    Optional<Duration> wait = rate.refusal(client(request));
    if (wait.isPresent()) {
      return Optional.of(
          ServiceException.retryAfter(
              ErrorCode.RATE_LIMITED,
              "More requests from one address than the service takes; come again later.",
              wait.get().plusSeconds(1)));
    }
    if (!isPreflight(request) && !tokenRight(request)) {
      return Optional.of(
          new ServiceException(
              ErrorCode.UNAUTHORIZED,
              "The token is missing or wrong; send it as 'Authorization: Bearer TOKEN'."));
    }
    return Optional.empty();
  }

  private static Optional<ServiceException> forbidden(String message) {
    return Optional.of(new ServiceException(ErrorCode.FORBIDDEN, message));
  }

  /**
   * A page elsewhere whose name was made to point here (DNS rebinding) is of the same origin to the
   * browser: only the name gives it away. Whoever has the token needs no name.
   */
  private boolean hostAllowed(HttpRequest request) {
    if (needsToken() || settings.allowedHosts().isEmpty()) {
      return true;
    }
    String name = hostName(header(request, "host").orElse(""));
    return settings.allowedHosts().stream().anyMatch(name::equalsIgnoreCase);
  }

  private static String hostName(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  private boolean originAllowed(HttpRequest request) {
    List<String> origins = headers(request, "origin");
    if (origins.isEmpty()) {
      // Programs send none, and browsers none with a plain GET, but say where it comes from.
      return header(request, "sec-fetch-site").filter("cross-site"::equals).isEmpty();
    }
    return origins.size() == 1 && (isOwn(request, origins.get(0)) || isListed(origins.get(0)));
  }

  private boolean isListed(String origin) {
    return settings.allowedOrigins().stream().anyMatch(origin::equalsIgnoreCase);
  }

  /** The scheme does not count: a proxy before the service may have ended TLS. */
  private static boolean isOwn(HttpRequest request, String origin) {
    try {
      String authority = new URI(origin).getRawAuthority();
      return authority != null && authority.equalsIgnoreCase(header(request, "host").orElse(""));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private Optional<String> foreignOrigin(HttpRequest request) {
    return header(request, "origin").filter(o -> !isOwn(request, o));
  }

  private boolean tokenRight(HttpRequest request) {
    if (settings.token().isEmpty()) {
      return true;
    }
    byte[] right = digest(settings.token().get());
    boolean found = false;
    for (String shown : tokens(request)) {
      found |= MessageDigest.isEqual(right, digest(shown));
    }
    return found;
  }

  private static List<String> tokens(HttpRequest request) {
    Optional<String> authorization =
        header(request, "authorization")
            .filter(v -> v.toLowerCase(Locale.ROOT).startsWith(BEARER))
            .map(v -> v.substring(BEARER.length()).strip());
    if (authorization.isPresent()) {
      return List.of(authorization.get());
    }
    return request
        .getAttribute(AttributeKeys.webSocketUpgrade)
        .map(
            upgrade ->
                StreamSupport.stream(upgrade.getRequestedProtocols().spliterator(), false)
                    .filter(p -> p.startsWith(BEARER_SUBPROTOCOL))
                    .map(p -> decoded(p.substring(BEARER_SUBPROTOCOL.length())))
                    .toList())
        .orElse(List.of());
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** Digests have one length: the comparison tells nothing of the length of the token either. */
  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static InetAddress client(HttpRequest request) {
    return request
        .getAttribute(AttributeKeys.remoteAddress)
        .flatMap(RemoteAddress::getAddress)
        .orElseGet(InetAddress::getLoopbackAddress);
  }

  private static boolean isPreflight(HttpRequest request) {
    return request.method().equals(HttpMethods.OPTIONS)
        && header(request, "access-control-request-method").isPresent();
  }

  private HttpResponse preflight(HttpRequest request) {
    HttpResponse allowed =
        HttpResponse.create()
            .withStatus(204)
            .addHeader(RawHeader.create("Access-Control-Allow-Methods", "GET, POST"))
            .addHeader(
                RawHeader.create("Access-Control-Allow-Headers", "Authorization, Content-Type"))
            .addHeader(RawHeader.create("Access-Control-Max-Age", "600"));
    return foreignOrigin(request).map(o -> readableBy(allowed, o)).orElse(allowed);
  }

  private static HttpResponse readableBy(HttpResponse response, String origin) {
    return response
        .addHeader(RawHeader.create("Access-Control-Allow-Origin", origin))
        .addHeader(
            RawHeader.create("Access-Control-Expose-Headers", "Content-Disposition, Retry-After"))
        .addHeader(RawHeader.create("Vary", "Origin"));
  }

  private static Optional<String> header(HttpRequest request, String name) {
    return headers(request, name).stream().findFirst();
  }

  private static List<String> headers(HttpRequest request, String name) {
    return StreamSupport.stream(request.getHeaders().spliterator(), false)
        .filter(h -> h.is(name))
        .map(HttpHeader::value)
        .toList();
  }
}
