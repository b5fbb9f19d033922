package org.chorale.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What the OpenAPI description says against what the server does; src/test/openapi/run.sh checks it
 * against the schema of OpenAPI.
 */
class DescriptionTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everyPathIsThereAndAnswersAsDescribed() throws Exception {
    try (RunningService service = RunningService.start(new SilentEngine(), "")) {
      JsonNode description = JSON.readTree(service.get("v1/openapi.json").body());
      int checked = 0;
      for (Map.Entry<String, JsonNode> path : description.path("paths").properties()) {
        for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
          if (method.getValue().path("responses").has("101")) {
            continue; // the WebSocket
          }
          HttpResponse<String> response =
              service.send(
                  service
                      .request(path.getKey().substring(1))
                      .method(method.getKey().toUpperCase(Locale.ROOT), BodyPublishers.noBody())
                      .build());
          JsonNode described =
              method.getValue().path("responses").path(Integer.toString(response.statusCode()));
          assertThat(described.isMissingNode())
              .as("%s %s gives %d", method.getKey(), path.getKey(), response.statusCode())
              .isFalse();
          if (response.headers().firstValue("Content-Type").orElse("").equals("application/json")) {
            JsonNode schema = described.path("content").path("application/json").path("schema");
            assertFits(description, schema, JSON.readTree(response.body()), path.getKey());
          }
          checked++;
        }
      }
      assertThat(checked).isGreaterThanOrEqualTo(8);
      HttpResponse<String> aligned =
          service.send(service.align("a", new byte[] {1}, "two words", Map.of()));
      assertFits(
          description,
          description.path("components").path("schemas").path("Alignment"),
          JSON.readTree(aligned.body()),
          "alignment");
    }
  }

  @Test
  void everyErrorCodeAndFieldIsDescribed() throws Exception {
    JsonNode schemas =
        JSON.readTree(getClass().getResourceAsStream("openapi.json"))
            .path("components")
            .path("schemas");
    List<String> codes = new ArrayList<>();
    schemas
        .path("Error")
        .path("properties")
        .path("code")
        .path("enum")
        .forEach(c -> codes.add(c.asText()));
    assertThat(codes)
        .containsExactlyElementsOf(Arrays.stream(ErrorCode.values()).map(ErrorCode::code).toList());
    TreeSet<String> fields = new TreeSet<>(Upload.FIELDS);
    fields.addAll(List.of("audio", "text"));
    assertThat(names(schemas, "AlignRequest")).isEqualTo(fields);
    TreeSet<String> spoken = new TreeSet<>(SpeakRoute.FIELDS);
    spoken.add("text");
    assertThat(names(schemas, "SpeakRequest")).isEqualTo(spoken);
    spoken.add(SpeakRoute.REFERENCE);
    assertThat(names(schemas, "SpeakForm")).isEqualTo(spoken);
  }

  private static TreeSet<String> names(JsonNode schemas, String schema) {
    TreeSet<String> names = new TreeSet<>();
    schemas.path(schema).path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Types, required and known properties, enumerations: what the description uses of a schema. */
  private static void assertFits(JsonNode root, JsonNode schema, JsonNode value, String where) {
    JsonNode resolved =
        schema.has("$ref") ? root.at(schema.path("$ref").asText().substring(1)) : schema;
    assertThat(resolved.isMissingNode()).as("schema of %s", where).isFalse();
    if (resolved.has("enum")) {
      List<String> known = new ArrayList<>();
      resolved.path("enum").forEach(v -> known.add(v.asText()));
      assertThat(known).as(where).contains(value.asText());
    }
    if (resolved.has("type")) {
      assertThat(types(resolved.path("type"))).as("type of %s", where).contains(type(value));
    }
    resolved
        .path("required")
        .forEach(name -> assertThat(value.has(name.asText())).as("%s.%s", where, name).isTrue());
    for (Iterator<Map.Entry<String, JsonNode>> it = value.fields(); it.hasNext(); ) {
      Map.Entry<String, JsonNode> field = it.next();
      JsonNode described = resolved.path("properties").path(field.getKey());
      if (described.isMissingNode()) {
        assertThat(resolved.has("properties") && !resolved.has("additionalProperties"))
            .as("%s.%s is not described", where, field.getKey())
            .isFalse();
      } else {
        assertFits(root, described, field.getValue(), where + "." + field.getKey());
      }
    }
    if (value.isArray()) {
      value.forEach(item -> assertFits(root, resolved.path("items"), item, where + "[]"));
    }
  }

  private static List<String> types(JsonNode type) {
    List<String> types = new ArrayList<>();
    if (type.isTextual()) {
      types.add(type.asText());
    }
    type.forEach(t -> types.add(t.asText()));
    if (types.contains("number")) {
      types.add("integer");
    }
    return types;
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case NULL -> "null";
      default -> value.isIntegralNumber() ? "integer" : "number";
    };
  }
}
