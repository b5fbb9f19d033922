package org.chorale.acoustic;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;

/** What the manifests of models of phones have in common. */
final class PhoneManifest {

  private PhoneManifest() {}

  /** A number that must be there. */
  static int positive(ModelFolder folder, String field) throws ModelException {
    int value = folder.manifest().json().path(field).asInt();
    if (value <= 0) {
      throw folder.broken("'" + field + "' is missing");
    }
    return value;
  }

  /** The classes. */
  static PhoneSet phones(ModelFolder folder) throws ModelException {
    JsonNode json = folder.manifest().json();
    List<String> symbols = new ArrayList<>();
    json.path("vocabulary").forEach(n -> symbols.add(n.asText()));
    List<String> groups = new ArrayList<>();
    json.path("broadClasses").forEach(n -> groups.add(n.asText()));
    JsonNode priors = json.path("logPriors");
    if (symbols.isEmpty() || priors.size() != symbols.size() || groups.size() != symbols.size()) {
      throw folder.broken("vocabulary, logPriors and broadClasses differ in length");
    }
    float[] logPriors = new float[priors.size()];
    for (int i = 0; i < logPriors.length; i++) {
      logPriors[i] = (float) priors.get(i).asDouble();
    }
    Map<String, Double> bias = new HashMap<>();
    json.path("transitionBiasMs")
        .properties()
        .forEach(e -> bias.put(e.getKey(), e.getValue().asDouble()));
    return new PhoneSet(symbols, json.path("silence").asInt(0), logPriors, groups, bias);
  }
}
