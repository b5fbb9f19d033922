package org.chorale.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.function.LongConsumer;
import org.chorale.acoustic.BandLevels;
import org.chorale.acoustic.Emissions;
import org.chorale.acoustic.OfflineEmissions;
import org.chorale.acoustic.OnnxAcousticModel;
import org.chorale.acoustic.OnnxBoundaryModel;
import org.chorale.acoustic.PhoneSet;
import org.chorale.align.Alignment;
import org.chorale.align.Confidence;
import org.chorale.align.DurationModel;
import org.chorale.align.OfflineAligner;
import org.chorale.align.PhoneClasses;
import org.chorale.align.SearchSettings;
import org.chorale.align.TransitionBias;
import org.chorale.audio.AudioSource;
import org.chorale.audio.ReadAheadSource;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;

/** Our own frame classifiers: words are pronounced, phones are found. Thread-safe. */
final class PhoneMethod implements AlignmentMethod {

  private final OnnxAcousticModel acoustic;

  /** Null where the acoustic model brings none. */
  private final OnnxBoundaryModel boundaries;

  private final Pronouncer pronouncer;
  private final PhoneReadings readings;
  private final OfflineAligner aligner;

  private PhoneMethod(
      OnnxAcousticModel acoustic,
      OnnxBoundaryModel boundaries,
      Pronouncer pronouncer,
      OfflineAligner aligner) {
    this.acoustic = acoustic;
    this.boundaries = boundaries;
    this.pronouncer = pronouncer;
    this.readings = new PhoneReadings(pronouncer, acoustic.phones().symbols());
    this.aligner = aligner;
  }

  /**
   * Loads the models.
   *
   * @throws ModelException when one is missing or broken, or they do not go together
   */
  static PhoneMethod load(ModelFolder speech, Pronouncer pronouncer, OrtRuntime runtime)
      throws ModelException {
    OnnxAcousticModel acoustic = OnnxAcousticModel.load(speech, runtime);
    try {
      PhoneClasses classes =
          classes(
              acoustic.phones(),
              acoustic.frameSamples(),
              durations(speech, acoustic.phones().symbols().size()));
      SearchSettings settings = SearchManifest.settings(speech, SearchSettings.defaults());
      Confidence confidence = SearchManifest.calibrated(speech);
      OnnxBoundaryModel boundaries =
          OnnxBoundaryModel.load(speech, acoustic.phones(), runtime).orElse(null);
      OfflineAligner aligner = new OfflineAligner(classes, settings, confidence, boundaries);
      return new PhoneMethod(acoustic, boundaries, pronouncer, aligner);
    } catch (ModelException e) {
      acoustic.close();
      throw e;
    }
  }

  /** What the aligners must know of a model's classes. */
  static PhoneClasses classes(PhoneSet phones, int frameSamples, DurationModel durations) {
    return new PhoneClasses(
        phones.symbols(),
        phones.silence(),
        phones.logPriors(),
        frameSamples / (double) AudioSource.SAMPLE_RATE,
        TransitionBias.of(phones.broadClasses(), phones.transitionBiasMs()),
        durations);
  }

  private static DurationModel durations(ModelFolder speech, int classes) throws ModelException {
    var json = speech.manifest().json().path("durations");
    if (json.isMissingNode()) {
      return DurationModel.none(classes);
    }
    double[] median = numbers(json.path("medianFrames"));
    double[] deviation = numbers(json.path("logDeviation"));
    if (median.length != classes || deviation.length != classes) {
      throw speech.broken("'durations' does not have a value for every class");
    }
    return new DurationModel(median, deviation);
  }

  private static double[] numbers(JsonNode array) {
    double[] out = new double[array.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = array.path(i).asDouble();
    }
    return out;
  }

  @Override
  public Result align(AudioSource source, Document document, LongConsumer progress)
      throws IOException {
    try (ReadingsAhead words = new ReadingsAhead(readings, document)) {
      return boundaries == null
          ? withoutLevels(source, document, words, progress)
          : withLevels(source, document, words, progress);
    }
  }

  private Result withoutLevels(
      AudioSource source, Document document, ReadingsAhead words, LongConsumer progress)
      throws IOException {
    OfflineEmissions.Result heard = new OfflineEmissions(acoustic).of(source, progress);
    try (Emissions emissions = heard.emissions()) {
      Alignment.Audio audio = AlignmentMethod.audio(source, heard);
      return new Result(audio, aligner.align(document, words.get(), emissions, audio));
    }
  }

  private Result withLevels(
      AudioSource source, Document document, ReadingsAhead words, LongConsumer progress)
      throws IOException {
    LevelMeter meter = new LevelMeter(source);
    try (AudioSource metered = new ReadAheadSource(meter)) { // measures beside the inference
      OfflineEmissions.Result heard = new OfflineEmissions(acoustic).of(metered, progress);
      try (Emissions emissions = heard.emissions();
          BandLevels levels = meter.levels()) {
        Alignment.Audio audio = AlignmentMethod.audio(source, heard);
        return new Result(audio, aligner.align(document, words.get(), emissions, levels, audio));
      }
    }
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
    acoustic.close();
    if (boundaries != null) {
      boundaries.close();
    }
  }
}
