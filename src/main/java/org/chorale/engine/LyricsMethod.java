package org.chorale.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.chorale.acoustic.Emissions;
import org.chorale.acoustic.LyricsModel;
import org.chorale.acoustic.OfflineEmissions;
import org.chorale.acoustic.VoiceActivity;
import org.chorale.align.Alignment;
import org.chorale.align.Confidence;
import org.chorale.audio.AudioSource;
import org.chorale.lyrics.SongSettings;
import org.chorale.lyrics.SungText;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;

/** Songs: words are pronounced, phones-in-context are found in the stereo mix. Thread-safe. */
final class LyricsMethod implements AlignmentMethod {

  private final LyricsModel model;
  private final Pronouncer pronouncer;
  private final PhoneReadings readings;
  private final SongSettings settings;
  private final Confidence confidence;

  private LyricsMethod(
      LyricsModel model, Pronouncer pronouncer, SongSettings settings, Confidence confidence) {
    this.model = model;
    this.pronouncer = pronouncer;
    this.readings = new PhoneReadings(pronouncer, model.phones().symbols());
    this.settings = settings;
    this.confidence = confidence;
  }

  /**
   * Loads the models.
   *
   * @throws ModelException when one is missing or broken, or they do not go together
   */
  static LyricsMethod load(ModelFolder lyrics, Pronouncer pronouncer, OrtRuntime runtime)
      throws ModelException {
    LyricsModel model = LyricsModel.load(lyrics, runtime);
    try {
      return new LyricsMethod(
          model, pronouncer, settings(lyrics), SearchManifest.calibrated(lyrics));
    } catch (ModelException e) {
      model.close();
      throw e;
    }
  }

  private static SongSettings settings(ModelFolder lyrics) throws ModelException {
    JsonNode json = lyrics.manifest().json().path("search");
    if (!json.isObject()) {
      throw lyrics.broken("'search' is missing");
    }
    return new SongSettings(
        (float) json.path("frameWeight").asDouble(),
        (float) json.path("contrastWeight").asDouble(),
        (float) json.path("priorScale").asDouble(),
        (float) json.path("wordPauseCost").asDouble(),
        (float) json.path("briefWordCost").asDouble(),
        (float) json.path("pauseFrameCost").asDouble(),
        (float) json.path("skipLineCost").asDouble(),
        (float) json.path("skipWordCost").asDouble(),
        (float) json.path("backingCost").asDouble(),
        (float) json.path("repeatCost").asDouble(),
        (float) json.path("starEntryCost").asDouble(),
        (float) json.path("starFrameCost").asDouble(),
        (float) json.path("otherVowelCost").asDouble(),
        (float) json.path("vocaliseLinkCost").asDouble(),
        durations(json),
        new SongSettings.Onset(
            json.path("onsetConsonantShare").asDouble(), json.path("onsetLeadSeconds").asDouble()));
  }

  private static SongSettings.Durations durations(JsonNode json) {
    return new SongSettings.Durations(
        json.path("leastFrames").asInt(1),
        json.path("vowelFrames").asInt(1),
        json.path("vocaliseFrames").asInt(1),
        json.path("consonantFrames").asInt(1),
        (float) json.path("briefFrameCost").asDouble(),
        (float) json.path("heldVowelFrameCost").asDouble(),
        (float) json.path("heldConsonantFrameCost").asDouble());
  }

  @Override
  public int channels() {
    return 2;
  }

  @Override
  public Result align(AudioSource source, Document document, LongConsumer progress)
      throws IOException {
    SungText song = new SungText(document, readings.of(document), model, settings, confidence);
    OfflineEmissions.Result heard = new OfflineEmissions(song.listener()).of(source, progress);
    try (Emissions emissions = heard.emissions()) {
      Alignment.Audio audio = AlignmentMethod.audio(source, heard);
      return new Result(audio, song.find(emissions, audio.durationSeconds()));
    }
  }

  @Override
  public Optional<SongDetector> songDetector() {
    return Optional.of(new SongDetector(new VoiceActivity(model)));
  }

  @Override
  public String readAs(String language) {
    return pronouncer.readAs(language);
  }

  @Override
  public boolean canRead(Document document) throws ModelException {
    return readings.canRead(document);
  }

  @Override
  public void close() {
    model.close();
  }
}
