package org.chorale.service;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.chorale.export.TimedFormat;
import org.chorale.export.TimedFormats;
import org.chorale.model.ModelFolder;
import org.chorale.model.ModelManifest;

/** {@code GET /v1/models} and {@code GET /v1/formats}: what there is. Read once. */
final class CatalogueRoute extends AllDirectives implements ServiceRoute {

  private final ObjectNode models;
  private final ObjectNode formats;

  private CatalogueRoute(ObjectNode models, ObjectNode formats) {
    this.models = models;
    this.formats = formats;
  }

  /**
   * Reads the catalogue.
   *
   * @throws IOException when a model's manifest is broken
   */
  static CatalogueRoute of(Path models, TimedFormats formats) throws IOException {
    ObjectNode ofModels = JsonNodeFactory.instance.objectNode();
    ArrayNode listed = ofModels.putArray("models");
    for (ModelFolder folder : ModelFolder.list(models)) {
      describe(folder, listed.addObject());
    }
    ObjectNode ofFormats = JsonNodeFactory.instance.objectNode();
    ArrayNode known = ofFormats.putArray("formats");
    FormatMediaTypes types = new FormatMediaTypes();
    for (String name : formats.names()) {
      describe(formats.named(name), types, known.addObject());
    }
    return new CatalogueRoute(ofModels, ofFormats);
  }

  private static void describe(ModelFolder folder, ObjectNode to) throws IOException {
    ModelManifest manifest = folder.manifest();
    to.put("name", manifest.name())
        .put("version", manifest.version())
        .put("task", manifest.task())
        .put("licence", manifest.licence())
        .put("bytes", folder.bytes());
    ArrayNode languages = to.putArray("languages");
    manifest.languages().forEach(languages::add);
  }

  private static void describe(TimedFormat format, FormatMediaTypes types, ObjectNode to) {
    to.put("name", format.name())
        .put("extension", format.extension())
        .put("mediaType", types.of(format))
        .put("syllables", format.hasSyllables())
        .put("notes", format.hasNotes())
        .put("cues", format.hasCues());
  }

  @Override
  public Route route() {
    return pathPrefix(
        "v1",
        () ->
            concat(
                path(segment("models"), () -> get(() -> complete(Json.response(200, models)))),
                path(segment("formats"), () -> get(() -> complete(Json.response(200, formats))))));
  }
}
