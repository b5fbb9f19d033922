package org.chorale.service;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

/** Answers in JSON. */
final class Json {

  private Json() {}

  static HttpResponse response(int status, JsonNode body) {
    return HttpResponse.create()
        .withStatus(status)
        .withEntity(
            HttpEntities.create(
                ContentTypes.APPLICATION_JSON, body.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
