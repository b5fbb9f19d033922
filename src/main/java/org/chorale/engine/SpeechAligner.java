package org.chorale.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.chorale.align.Verdict;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;
import org.chorale.text.Word;

/**
 * Aligns recordings of speech with their texts: decoded samples to emissions, words to phones, both
 * to an alignment. Loads its models once; thread-safe.
 */
public final class SpeechAligner implements AutoCloseable {

  private final String modelName;
  private final OnnxAcousticModel acoustic;
  private final Pronouncer pronouncer;
  private final OfflineAligner aligner;
  private final Map<String, Integer> phoneIndex;

  private SpeechAligner(
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
   * @param speech folder of the acoustic model
   * @param g2p folder of the pronunciation model
   * @throws ModelException when one is missing or broken, or they do not go together
   */
  public static SpeechAligner load(ModelFolder speech, ModelFolder g2p, OrtRuntime runtime)
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
    SearchSettings settings = settings(speech);
    OfflineAligner aligner = new OfflineAligner(classes, settings, confidence(speech));
    return new SpeechAligner(
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

  private static SearchSettings settings(ModelFolder speech) {
    SearchSettings standard = SearchSettings.defaults();
    var json = speech.manifest().json().path("search");
    return new SearchSettings(
        (float) json.path("priorScale").asDouble(standard.priorScale()),
        (float) json.path("skipEntryCost").asDouble(standard.skipEntryCost()),
        (float) json.path("skipWordCost").asDouble(standard.skipWordCost()),
        (float) json.path("starEntryCost").asDouble(standard.starEntryCost()),
        (float) json.path("starFrameCost").asDouble(standard.starFrameCost()),
        (float) json.path("durationWeight").asDouble(standard.durationWeight()),
        (float) json.path("beam").asDouble(standard.beam()));
  }

  private static Confidence confidence(ModelFolder speech) throws ModelException {
    var json = speech.manifest().json().path("confidence");
    if (!json.isObject()) {
      throw speech.broken("'confidence' is missing");
    }
    return new Confidence(
        json.path("slope").asDouble(),
        json.path("midpoint").asDouble(),
        json.path("doubtfulBelow").asDouble(),
        json.path("mismatchBelow").asDouble());
  }

  /**
   * Aligns a recording.
   *
   * @param source read to its end, not closed
   * @param document its text
   * @param progress told the samples decoded so far, now and then
   * @return the alignment, whatever its verdict
   * @throws IOException when the audio cannot be read or a lexicon is broken
   */
  public Alignment align(AudioSource source, Document document, LongConsumer progress)
      throws IOException {
    List<List<Reading>> readings = readings(document);
    OfflineEmissions.Result heard = new OfflineEmissions(acoustic).of(source, progress);
    AudioInfo info = source.info();
    Alignment.Audio audio =
        new Alignment.Audio(
            info.path(),
            heard.samples() / (double) AudioSource.SAMPLE_RATE,
            info.sampleRate(),
            info.channels());
    OfflineAligner.Outcome outcome = aligner.align(document, readings, heard.emissions(), audio);
    return new Alignment(
        audio,
        document.language(),
        "speech",
        modelName,
        outcome.confidence(),
        verdict(outcome.verdict(), document.language()),
        outcome.lines(),
        outcome.words());
  }

  /** A text that is read by the letter values of another language is never beyond doubt. */
  private Verdict verdict(Verdict found, String language) {
    return found == Verdict.OK && !pronouncer.supports(language) ? Verdict.DOUBTFUL : found;
  }

  /**
   * The language whose letter values a language is read by: itself, if its pronunciation is known.
   * Where it is not, no verdict is better than doubtful.
   */
  public String readAs(String language) {
    return pronouncer.readAs(language);
  }

  /**
   * Whether anything can be made of a text: at least one of its words is in a script that can be
   * pronounced.
   *
   * @throws ModelException when a lexicon is broken
   */
  public boolean canRead(Document document) throws ModelException {
    for (Word word : document.words()) {
      for (List<String> reading : word.readings()) {
        if (pronouncer.pronounce(reading, document.language()).values().stream()
            .anyMatch(p -> !p.isEmpty())) {
          return true;
        }
      }
    }
    return false;
  }

  private List<List<Reading>> readings(Document document) throws ModelException {
    Set<String> spoken = new LinkedHashSet<>();
    for (Word word : document.words()) {
      word.readings().forEach(spoken::addAll);
    }
    Map<String, List<List<String>>> phones = pronouncer.pronounce(spoken, document.language());
    Map<String, List<int[]>> classes = new HashMap<>();
    phones.forEach(
        (word, variants) ->
            classes.put(
                word,
                variants.stream()
                    .map(p -> p.stream().mapToInt(this::phoneClass).toArray())
                    .toList()));
    List<List<Reading>> out = new ArrayList<>();
    for (Word word : document.words()) {
      List<Reading> readings = new ArrayList<>();
      for (List<String> reading : word.readings()) {
        List<List<int[]>> chain =
            reading.stream().map(classes::get).filter(p -> !p.isEmpty()).toList();
        if (!chain.isEmpty()) {
          readings.add(new Reading(chain));
        }
      }
      out.add(readings);
    }
    return out;
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
