package org.chorale.service;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import java.util.List;

/** What tells browsers to be careful; on every answer. */
final class SecurityHeaders {

  private static final List<HttpHeader> HEADERS =
      List.of(
          RawHeader.create(
              "Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                  + " media-src 'self' blob:; connect-src 'self'; worker-src 'self';"
                  + " manifest-src 'self'; base-uri 'none'; form-action 'none';"
                  + " frame-ancestors 'none'"),
          RawHeader.create("X-Content-Type-Options", "nosniff"),
          RawHeader.create("X-Frame-Options", "DENY"),
          RawHeader.create("Referrer-Policy", "no-referrer"),
          RawHeader.create("Cross-Origin-Opener-Policy", "same-origin"),
          RawHeader.create(
              "Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=()"));

  /** Texts and times are the client's own. */
  private static final HttpHeader NOT_KEPT = RawHeader.create("Cache-Control", "no-store");

  private SecurityHeaders() {}

  static HttpResponse on(HttpResponse response) {
    HttpResponse careful = response.addHeaders(HEADERS);
    return response.getHeader("Cache-Control").isPresent() ? careful : careful.addHeader(NOT_KEPT);
  }
}
