package org.chorale.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.chorale.acoustic.OfflineEmissions;
import org.chorale.acoustic.OnnxAcousticModel;
import org.chorale.acoustic.PhoneSet;
import org.chorale.align.Alignment;
import org.chorale.align.Confidence;
import org.chorale.align.DurationModel;
import org.chorale.align.OfflineAligner;
import org.chorale.align.PhoneClasses;
import org.chorale.align.Reading;
import org.chorale.align.SearchSettings;
import org.chorale.align.TransitionBias;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;

/** Our own frame classifiers: words are pronounced, phones are found. Thread-safe. */
final class PhoneMethod implements AlignmentMethod {

  private final String modelName;
  private final OnnxAcousticModel acoustic;
  private final Pronouncer pronouncer;
  private final OfflineAligner aligner;
  private final Map<String, Integer> phoneIndex;

  private PhoneMethod(
      String modelName, OnnxAcousticModel acoustic, Pronouncer pronouncer, OfflineAligner aligner) {
    this.modelName = modelName;
    this.acoustic = acoustic;
    this.pronouncer = pronouncer;
    this.aligner = aligner;
    this.phoneIndex = new HashMap<>();
    List<String> symbols = acoustic.phones().symbols();
    for (int i = 0; i < symbols.size(); i++) {
      phoneIndex.put(symbols.get(i), i);
    }
  }

  /**
   * Loads the models.
   *
   * @throws ModelException when one is missing or broken, or they do not go together
   */
  static PhoneMethod load(ModelFolder speech, ModelFolder g2p, OrtRuntime runtime)
      throws ModelException {
    OnnxAcousticModel acoustic = OnnxAcousticModel.load(speech, runtime);
    PhoneSet phones = acoustic.phones();
    PhoneClasses classes =
        new PhoneClasses(
            phones.symbols(),
            phones.silence(),
            phones.logPriors(),
            acoustic.frameSamples() / (double) AudioSource.SAMPLE_RATE,
            TransitionBias.of(phones.broadClasses(), phones.transitionBiasMs()),
            durations(speech, phones.symbols().size()));
    SearchSettings settings = SearchManifest.settings(speech, SearchSettings.defaults());
    Confidence confidence = SearchManifest.confidence(speech);
    if (confidence == null) {
      throw speech.broken("'confidence' is missing");
    }
    OfflineAligner aligner = new OfflineAligner(classes, settings, confidence);
    return new PhoneMethod(
        speech.manifest().name(), acoustic, Pronouncer.load(g2p, runtime), aligner);
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
    List<List<Reading>> readings = readings(document);
    OfflineEmissions.Result heard = new OfflineEmissions(acoustic).of(source, progress);
    Alignment.Audio audio = AlignmentMethod.audio(source, heard);
    return new Result(audio, aligner.align(document, readings, heard.emissions(), audio));
  }

  private List<List<Reading>> readings(Document document) throws ModelException {
    Map<String, List<List<String>>> phones =
        pronouncer.pronounce(WordReadings.spokenWords(document), document.language());
    Map<String, List<int[]>> classes = new HashMap<>();
    phones.forEach(
        (word, variants) ->
            classes.put(
                word,
                variants.stream()
                    .map(p -> p.stream().mapToInt(this::phoneClass).toArray())
                    .toList()));
    return WordReadings.of(document, classes);
  }

  private int phoneClass(String symbol) {
    Integer index = phoneIndex.get(symbol);
    if (index == null) {
      throw new IllegalStateException(
          "The pronunciation model speaks '%s', which the acoustic model '%s' does not know"
              .formatted(symbol, modelName));
    }
    return index;
  }

  @Override
  public void close() {
    acoustic.close();
    pronouncer.close();
  }
}
