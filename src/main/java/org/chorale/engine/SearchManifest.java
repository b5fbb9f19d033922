package org.chorale.engine;

import com.fasterxml.jackson.databind.JsonNode;
import org.chorale.align.Confidence;
import org.chorale.align.SearchSettings;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;

/** What the manifest of any acoustic model may say of the search and of confidence. */
final class SearchManifest {

  private SearchManifest() {}

  /** Prices of the search; those that the manifest does not name are {@code standard}. */
  static SearchSettings settings(ModelFolder model, SearchSettings standard) {
    JsonNode json = model.manifest().json().path("search");
    return new SearchSettings(
        (float) json.path("priorScale").asDouble(standard.priorScale()),
        (float) json.path("skipEntryCost").asDouble(standard.skipEntryCost()),
        (float) json.path("skipWordCost").asDouble(standard.skipWordCost()),
        (float) json.path("starEntryCost").asDouble(standard.starEntryCost()),
        (float) json.path("starFrameCost").asDouble(standard.starFrameCost()),
        (float) json.path("asideEntryCost").asDouble(standard.asideEntryCost()),
        (float) json.path("hesitationFrameCost").asDouble(standard.hesitationFrameCost()),
        (float) json.path("durationWeight").asDouble(standard.durationWeight()),
        (float) json.path("beam").asDouble(standard.beam()));
  }

  /**
   * The calibration of confidence, which must be there.
   *
   * @throws ModelException when the manifest has none
   */
  static Confidence calibrated(ModelFolder model) throws ModelException {
    Confidence confidence = confidence(model);
    if (confidence == null) {
      throw model.broken("'confidence' is missing");
    }
    return confidence;
  }

  /** The calibration of confidence, null when the manifest has none. */
  static Confidence confidence(ModelFolder model) {
    JsonNode json = model.manifest().json().path("confidence");
    if (!json.isObject()) {
      return null;
    }
    double slope = json.path("slope").asDouble();
    double midpoint = json.path("midpoint").asDouble();
    JsonNode words = json.path("words");
    return new Confidence(
        slope,
        midpoint,
        new Confidence.Words(
            words.path("slope").asDouble(slope),
            words.path("midpoint").asDouble(midpoint),
            words.path("contextShare").asDouble(0)),
        json.path("doubtfulBelow").asDouble(),
        json.path("mismatchBelow").asDouble());
  }
}
