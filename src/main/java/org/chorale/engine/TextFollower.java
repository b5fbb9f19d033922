package org.chorale.engine;

import com.fasterxml.jackson.databind.JsonNode;
import org.chorale.acoustic.OnlineAcousticModel;
import org.chorale.align.DurationModel;
import org.chorale.align.PhoneClasses;
import org.chorale.align.SearchSettings;
import org.chorale.follow.OnlineAligner;
import org.chorale.follow.OnlineSettings;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;

/**
 * Follows texts in streams: the low-latency acoustic model, which all streams share, and an aligner
 * for each of them. Thread-safe.
 */
public final class TextFollower implements AutoCloseable {

  private final String name;
  private final OnlineAcousticModel model;
  private final PhoneReadings readings;
  private final PhoneClasses classes;
  private final OnlineSettings settings;

  private TextFollower(
      String name,
      OnlineAcousticModel model,
      PhoneReadings readings,
      PhoneClasses classes,
      OnlineSettings settings) {
    this.name = name;
    this.model = model;
    this.readings = readings;
    this.classes = classes;
    this.settings = settings;
  }

  /**
   * Loads the model.
   *
   * @param pronouncer stays open when this is closed
   * @throws ModelException when it is missing or broken
   */
  public static TextFollower load(ModelFolder online, Pronouncer pronouncer, OrtRuntime runtime)
      throws ModelException {
    OnlineAcousticModel model = OnlineAcousticModel.load(online, runtime);
    try {
      PhoneClasses classes =
          PhoneMethod.classes(
              model.phones(),
              model.frameSamples(),
              DurationModel.none(model.phones().symbols().size()));
      return new TextFollower(
          online.manifest().name(),
          model,
          new PhoneReadings(pronouncer, model.phones().symbols()),
          classes,
          settings(online));
    } catch (ModelException e) {
      model.close();
      throw e;
    }
  }

  private static OnlineSettings settings(ModelFolder online) throws ModelException {
    JsonNode json = online.manifest().json().path("follow");
    if (!json.isObject()) {
      throw online.broken("'follow' is missing");
    }
    return new OnlineSettings(
        SearchManifest.settings(online, SearchSettings.defaults()),
        (float) json.path("jumpCost").asDouble(),
        (float) json.path("farCost").asDouble(),
        (float) json.path("backCost").asDouble(),
        (float) json.path("beam").asDouble(),
        (float) json.path("finalBeam").asDouble(),
        json.path("maximumLagFrames").asInt(),
        new OnlineSettings.WordConfidence(
            json.path("confidence").path("bias").asDouble(),
            json.path("confidence").path("word").asDouble(),
            json.path("confidence").path("context").asDouble()));
  }

  /** Name of the acoustic model. */
  public String name() {
    return name;
  }

  /** The acoustic model. */
  public OnlineAcousticModel model() {
    return model;
  }

  /**
   * Follows a text from its beginning in a new stream.
   *
   * @throws ModelException when a lexicon is broken
   */
  public TextStream open(Document document) throws ModelException {
    return open(document, TextStream.Origin.beginning());
  }

  /**
   * Takes up a stream whose beginning was followed elsewhere.
   *
   * @throws ModelException when a lexicon is broken
   */
  public TextStream open(Document document, TextStream.Origin origin) throws ModelException {
    return new TextStream(
        model, new OnlineAligner(document, readings.of(document), classes, settings), origin);
  }

  /** Whether a word of the text, at least, can be read. */
  public boolean canRead(Document document) throws ModelException {
    return readings.canRead(document);
  }

  @Override
  public void close() {
    model.close();
  }
}
