package org.chorale.synth;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;
import org.chorale.text.spoken.SentenceEnds;
import org.chorale.text.spoken.SentenceLexica;

/**
 * Speaks texts. Loads its models once; thread-safe: every {@link #speak} has a stream of its own.
 *
 * <pre>{@code
 * SpeechStream speech = synthesizer.speak(document, voice, settings);
 * for (var block = speech.next(); block.isPresent(); block = speech.next()) {
 *   play(block.get().samples());
 * }
 * }</pre>
 */
public final class Synthesizer implements AutoCloseable {

  /** Samples a second of all speech. */
  public static final int SAMPLE_RATE = 16_000;

  private static final double LOWEST_HZ = 60;
  private static final double HIGHEST_HZ = 450;

  /** The usual movement of the model's pitch counts as much as this many frames of 10 ms. */
  private static final double SURE_FRAMES = 50;

  private static final double LEAST_MOVEMENT = 0.5;
  private static final double MOST_MOVEMENT = 2.5;

  private final Pronouncer pronouncer;
  private final TextModel text;
  private final FrameModel frames;
  private final TokenTransducer transducer;
  private final SpeechGenerator generator;
  private final ModelFolder folder;
  private final OrtRuntime runtime;
  private final Map<SpeechSettings.Method, TokenModel> models;
  private final Map<String, Integer> phones = new HashMap<>();
  private final List<String> languages = new ArrayList<>();
  private final List<Voice> voices = new ArrayList<>();
  private final SentenceLexica sentenceLexica = new SentenceLexica();
  private final SpeechSettings.Method standardMethod;
  private final double intonation;
  private final double modelSpread;
  private ReferenceEncoder references; // loaded when somebody brings a recording

  private Synthesizer(ModelFolder folder, Pronouncer pronouncer, OrtRuntime runtime)
      throws ModelException {
    JsonNode json = folder.manifest().json();
    json.path("phones").forEach(p -> phones.put(p.asText(), phones.size()));
    json.path("spokenLanguages").forEach(l -> languages.add(l.asText()));
    int corrections = json.path("correctionSize").asInt();
    for (JsonNode voice : json.path("voices")) {
      voices.add(
          new Voice(
              voice.path("name").asText(),
              voice.path("language").asText(),
              numbers(voice.path("manner")),
              numbers(voice.path("timbre")),
              new float[corrections],
              voice.path("medianHz").asDouble(),
              0,
              1));
    }
    if (phones.isEmpty() || languages.isEmpty() || voices.isEmpty()) {
      throw folder.broken("phones, spokenLanguages or voices are missing");
    }
    this.pronouncer = pronouncer;
    this.intonation = json.path("intonation").asDouble(1);
    this.modelSpread = json.path("modelSpreadOctaves").asDouble();
    if (!(modelSpread > 0)) {
      throw folder.broken("modelSpreadOctaves is missing");
    }
    this.standardMethod =
        json.path("standardMethod").asText().equals("transducer")
            ? SpeechSettings.Method.TRANSDUCER
            : SpeechSettings.Method.PARALLEL;
    this.text = new TextModel(runtime.open("text.onnx", folder.read("text.onnx")));
    this.frames = new FrameModel(runtime.open("frames.onnx", folder.read("frames.onnx")));
    this.transducer =
        new TokenTransducer(
            runtime.open("transducer.onnx", folder.read("transducer.onnx")),
            frames,
            json.path("codes").asInt(),
            json.path("history").asInt(),
            json.path("temperature").asDouble());
    this.generator =
        new SpeechGenerator(
            runtime.open("generator.onnx", folder.read("generator.onnx")),
            json.path("generatorContextTokens").asInt());
    this.folder = folder;
    this.runtime = runtime;
    this.models =
        Map.of(
            SpeechSettings.Method.TRANSDUCER,
            transducer,
            SpeechSettings.Method.PARALLEL,
            new ParallelTokens(frames));
  }

  private static float[] numbers(JsonNode array) {
    float[] out = new float[array.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) array.path(i).asDouble();
    }
    return out;
  }

  /**
   * Loads the models.
   *
   * @param folder of the speech models
   * @param pronouncer how words are said; closed with this
   * @throws ModelException when a model is missing or broken
   */
  public static Synthesizer load(ModelFolder folder, Pronouncer pronouncer, OrtRuntime runtime)
      throws ModelException {
    return new Synthesizer(folder, pronouncer, runtime);
  }

  /** The voices that come with the models. */
  public List<Voice> voices() {
    return List.copyOf(voices);
  }

  /** A voice by its name. */
  public Optional<Voice> voice(String name) {
    return voices.stream().filter(v -> v.name().equalsIgnoreCase(name)).findFirst();
  }

  /** The first voice at home in a language; the first of all where there is none. */
  public Voice voiceFor(String language) {
    return voices.stream()
        .filter(v -> v.language().equals(language))
        .findFirst()
        .orElse(voices.get(0));
  }

  /** Whether the models have learnt from speech in a language; others sound like a guess. */
  public boolean speaks(String language) {
    return languages.contains(language);
  }

  /** The way to the tokens that was found the better one. */
  public SpeechSettings.Method standardMethod() {
    return standardMethod;
  }

  /**
   * The voice of a recording.
   *
   * @param source speech of one speaker, 2 seconds or more; the first 20 are heard
   * @throws AudioException when it cannot be decoded, is too short, or no voice is heard in it
   * @throws ModelException when a model that listens to recordings is missing or broken
   */
  public Voice reference(AudioSource source, String name) throws AudioException, ModelException {
    return references().of(source, name);
  }

  private synchronized ReferenceEncoder references() throws ModelException {
    if (references == null) {
      references = new ReferenceEncoder(folder, runtime, generator);
    }
    return references;
  }

  /** Begins to speak a text. */
  public SpeechStream speak(Document document, Voice voice, SpeechSettings settings) {
    String language = pronouncer.readAs(document.language());
    int known = languages.indexOf(language);
    int home = languages.indexOf(voice.language());
    Request request = new Request(voice, settings, known >= 0 ? known : Math.max(home, 0));
    PhoneLookup lookup = new PhoneLookup(document, pronouncer, document.language());
    SentenceEnds ends = sentenceLexica.of(document.language());
    return new SpeechStream(new SentenceCutter(document, lookup, ends), this, request);
  }

  /**
   * What is the same for all sentences of a text.
   *
   * @param language number of the language among those of the model
   */
  record Request(Voice voice, SpeechSettings settings, int language) {}

  /** A sentence whose tokens and times are known. */
  record Planned(
      Sentence sentence, PhoneString phones, TokenPlan plan, SpeechGenerator.Speaking speaking) {

    /** When every word is heard. */
    List<SpokenWord> words(int firstWord, double offsetSeconds) {
      int count = sentence.words().size();
      int[] start = new int[count];
      int[] end = new int[count];
      Arrays.fill(start, -1);
      int at = 0;
      for (int i = 0; i < phones.length(); i++) {
        int word = phones.word(i);
        if (!phones.isPause(i)) {
          start[word] = start[word] < 0 ? at : start[word];
          end[word] = at + plan.counts()[i];
        }
        at += plan.counts()[i];
      }
      List<SpokenWord> out = new ArrayList<>();
      for (int w = 0; w < count; w++) {
        boolean spoken = start[w] >= 0;
        out.add(
            new SpokenWord(
                firstWord + w,
                spoken ? offsetSeconds + start[w] * Durations.TOKEN_SECONDS : Double.NaN,
                spoken ? offsetSeconds + end[w] * Durations.TOKEN_SECONDS : Double.NaN));
      }
      return out;
    }
  }

  Planned plan(Sentence sentence, Request request, long number) {
    PhoneString string = PhoneString.of(sentence, phones);
    Voice voice = request.voice();
    Encoding encoding = text.encode(string, request.language(), voice);
    encoding.seconds()[string.length() - 1] =
        sentence.ends() ? Durations.TRAILING_SECONDS : Durations.CUT_SECONDS;
    SpeechSettings settings = request.settings();
    double rate = Math.max(SpeechSettings.SLOWEST, settings.rate() * voice.pace());
    SpeechSettings own =
        new SpeechSettings(
            Math.min(SpeechSettings.FASTEST, rate),
            settings.method(),
            settings.seed() * 31 + number);
    TokenPlan plan = models.get(settings.method()).plan(encoding, own);
    FrameModel.Frames melody = frames.of(encoding, plan.counts());
    float[] hz = new float[melody.octaves().length];
    double movement = movement(melody, string, plan.counts(), voice);
    int at = 0;
    for (int phone = 0; phone < string.length(); phone++) {
      for (int k = 0; k < 2 * plan.counts()[phone]; k++, at++) {
        if (melody.voicing()[at] > 0 && !string.isPause(phone)) {
          double pitch = voice.medianHz() * Math.pow(2, movement * melody.octaves()[at]);
          hz[at] = (float) Math.min(HIGHEST_HZ, Math.max(LOWEST_HZ, pitch));
        }
      }
    }
    return new Planned(
        sentence, string, plan, generator.speak(plan.tokens(), hz, voice, own.seed()));
  }

  /**
   * What the model's movement of the pitch is multiplied with. Of a voice whose spread is known: so
   * that the sentence has it, as far as there is enough of the sentence to say what it has.
   */
  private double movement(FrameModel.Frames melody, PhoneString phones, int[] counts, Voice voice) {
    if (voice.pitchSpread() == 0) {
      return intonation;
    }
    double[] octaves = new double[melody.octaves().length];
    int count = 0;
    int at = 0;
    for (int phone = 0; phone < phones.length(); phone++) {
      for (int k = 0; k < 2 * counts[phone]; k++, at++) {
        if (melody.voicing()[at] > 0 && !phones.isPause(phone)) {
          octaves[count++] = melody.octaves()[at];
        }
      }
    }
    if (count == 0) {
      return intonation;
    }
    double own = PitchSpread.of(Arrays.copyOf(octaves, count));
    double usual = (count * own + SURE_FRAMES * modelSpread) / (count + SURE_FRAMES);
    return Math.min(MOST_MOVEMENT, Math.max(LEAST_MOVEMENT, voice.pitchSpread() / usual));
  }

  private synchronized void closeReferences() {
    if (references != null) {
      references.close();
    }
  }

  @Override
  public void close() {
    pronouncer.close();
    text.close();
    frames.close();
    transducer.close();
    generator.close();
    closeReferences();
  }
}
