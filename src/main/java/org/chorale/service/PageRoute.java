package org.chorale.service;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The web page, its files, and the description of the interface: what is named here and nothing
 * else, held in memory. Browsers ask whether they have the newest.
 */
final class PageRoute extends AllDirectives implements ServiceRoute {

  private static final String HTML = "text/html; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";

  /** Files of the page beside index.html. */
  private static final List<String> NAMES =
      List.of(
          "style.css",
          "main.js",
          "dom.js",
          "api.js",
          "alignment.js",
          "transcript.js",
          "waveform.js",
          "editor.js",
          "live.js",
          "session.js",
          "microphone.js",
          "capture-worklet.js",
          "icon.svg");

  private static final Map<String, String> TYPES =
      Map.of(
          "html",
          HTML,
          "js",
          SCRIPT,
          "css",
          STYLE,
          "svg",
          "image/svg+xml",
          "webmanifest",
          "application/manifest+json",
          "json",
          "application/json");

  private final Map<String, HttpResponse> responses = new HashMap<>();
  private final Map<String, String> tags = new HashMap<>();

  /** Reads the files. */
  PageRoute() {
    read("/", "/web/index.html");
    read("/v1/openapi.json", "/org/chorale/service/openapi.json");
    NAMES.forEach(name -> read("/" + name, "/web/" + name));
  }

  private void read(String path, String resource) {
    try (InputStream in = PageRoute.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not in the jar");
      }
      byte[] bytes = in.readAllBytes();
      String type = TYPES.get(resource.substring(resource.lastIndexOf('.') + 1));
      String tag = "\"" + digest(bytes) + "\"";
      tags.put(path, tag);
      responses.put(
          path,
          HttpResponse.create()
              .addHeader(RawHeader.create("ETag", tag))
              .addHeader(RawHeader.create("Cache-Control", "no-cache"))
              .withEntity(HttpEntities.create(ContentTypes.parse(type), bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public Route route() {
    // The method is asked for last: a 'get' that passes would hide that the method of others is
    // wrong.
    return extractRequest(
        request -> {
          HttpResponse response = responses.get(request.getUri().path());
          return response == null ? reject() : get(() -> complete(unlessKnown(request, response)));
        });
  }

  private HttpResponse unlessKnown(HttpRequest request, HttpResponse response) {
    String tag = tags.get(request.getUri().path());
    boolean known =
        request.getHeader("If-None-Match").map(h -> h.value().contains(tag)).orElse(false);
    return known ? response.withEntity(HttpEntities.EMPTY).withStatus(304) : response;
  }
}
