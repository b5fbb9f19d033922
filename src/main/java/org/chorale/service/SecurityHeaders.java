package org.chorale.service;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import java.util.List;
import java.util.regex.Pattern;

/** What tells browsers to be careful; on every answer. */
final class SecurityHeaders {

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " media-src 'self' blob:; connect-src 'self'%s; worker-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private static final List<HttpHeader> HEADERS =
      List.of(
          RawHeader.create("X-Content-Type-Options", "nosniff"),
          RawHeader.create("X-Frame-Options", "DENY"),
          RawHeader.create("Referrer-Policy", "no-referrer"),
          RawHeader.create("Cross-Origin-Opener-Policy", "same-origin"),
          RawHeader.create(
              "Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=()"));

  /** Texts and times are the client's own. */
  private static final HttpHeader NOT_KEPT = RawHeader.create("Cache-Control", "no-store");

  /** A name or an address with a port; nothing that could end the directive. */
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.\\[\\]:-]{1,255}");

  private SecurityHeaders() {}

  static HttpResponse on(HttpRequest request, HttpResponse response) {
    HttpResponse careful =
        response
            .addHeaders(HEADERS)
            .addHeader(
                RawHeader.create("Content-Security-Policy", POLICY.formatted(sockets(request))));
    return response.getHeader("Cache-Control").isPresent() ? careful : careful.addHeader(NOT_KEPT);
  }

  /** Not every browser counts a WebSocket to the page's own host as 'self'. */
  private static String sockets(HttpRequest request) {
    return request
        .getHeader("Host")
        .map(HttpHeader::value)
        .filter(host -> HOST.matcher(host).matches())
        .map(host -> " ws://%s wss://%s".formatted(host, host))
        .orElse("");
  }
}
