package org.chorale.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.synth.Sentence.Stop;
import org.chorale.synth.SpeechSettings.Method;
import org.chorale.text.Document;
import org.chorale.text.DocumentParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With the models that come with Chorale. */
class SynthesizerTest {

  private static OrtRuntime runtime;
  private static Synthesizer synthesizer;

  @BeforeAll
  static void load() throws Exception {
    runtime = new OrtRuntime(1, Device.parse("cpu"));
    synthesizer =
        Synthesizer.load(
            ModelFolder.open(Path.of("models/tts-v1")),
            Pronouncer.load(ModelFolder.open(Path.of("models/g2p-v1")), runtime),
            runtime);
  }

  @AfterAll
  static void close() {
    synthesizer.close();
  }

  /** What came of a text. */
  private record Spoken(List<SpeechBlock> blocks, List<SpokenWord> words, float[] samples) {}

  private static Spoken speak(String text, String language, SpeechSettings settings)
      throws IOException {
    Document document = new DocumentParser().parse(text, language);
    SpeechStream stream = synthesizer.speak(document, synthesizer.voiceFor(language), settings);
    List<SpeechBlock> blocks = new ArrayList<>();
    List<SpokenWord> words = new ArrayList<>();
    float[] samples = new float[0];
    for (Optional<SpeechBlock> b = stream.next(); b.isPresent(); b = stream.next()) {
      float[] own = b.get().samples();
      assertThat(b.get().startSeconds()).isCloseTo(samples.length / 16_000.0, within(1e-9));
      blocks.add(b.get());
      words.addAll(b.get().words());
      samples = Arrays.copyOf(samples, samples.length + own.length);
      System.arraycopy(own, 0, samples, samples.length - own.length, own.length);
    }
    return new Spoken(blocks, words, samples);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void everyWordHasItsTimeBeforeItIsHeard(Method method) throws IOException {
    Spoken spoken =
        speak(
            "It costs $3.50 - no more. Did the old man pay?",
            "en",
            new SpeechSettings(1, method, 1));
    assertThat(spoken.words()).extracting(SpokenWord::index).isSorted().hasSize(11);
    assertThat(spoken.words().get(3).isSpoken()).isFalse();
    double last = 0;
    for (SpeechBlock block : spoken.blocks()) {
      for (SpokenWord word : block.words()) {
        if (word.isSpoken()) {
          assertThat(word.startSeconds()).isGreaterThanOrEqualTo(last - 1e-9);
          assertThat(word.startSeconds()).isGreaterThanOrEqualTo(block.startSeconds());
          assertThat(word.endSeconds()).isGreaterThan(word.startSeconds());
          last = word.endSeconds();
        }
      }
    }
    double seconds = spoken.samples().length / 16_000.0;
    assertThat(last).isLessThan(seconds);
    assertThat(seconds).isBetween(2.0, 8.0);
    assertSound(spoken.samples());
  }

  private static void assertSound(float[] samples) {
    double power = 0;
    for (float x : samples) {
      assertThat(Math.abs(x)).isLessThanOrEqualTo(1f);
      power += x * x / samples.length;
    }
    assertThat(Math.sqrt(power)).isBetween(0.01, 0.3);
  }

  @Test
  void theSameSeedGivesTheSameSound() throws IOException {
    SpeechSettings settings = new SpeechSettings(1, Method.TRANSDUCER, 5);
    String text = "Guten Morgen, liebe Leute.";
    assertThat(speak(text, "de", settings).samples())
        .isEqualTo(speak(text, "de", settings).samples());
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void theRateChangesTheLength(Method method) throws IOException {
    String text = "Een twee drie vier vijf zes zeven acht negen tien elf twaalf.";
    int slow = speak(text, "nl", new SpeechSettings(0.5, method, 1)).samples().length;
    int plain = speak(text, "nl", new SpeechSettings(1, method, 1)).samples().length;
    int fast = speak(text, "nl", new SpeechSettings(2, method, 1)).samples().length;
    assertThat(slow / (double) plain).isBetween(1.6, 2.2);
    assertThat(fast / (double) plain).isBetween(0.4, 0.75);
  }

  /** Both ways find the tokens that models/tts-v1/train/expected.py computes of the same models. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void tokensAreThoseOfTheTraining(Method method) throws IOException {
    JsonNode expected = new ObjectMapper().readTree(getClass().getResource("expected-tokens.json"));
    JsonNode manifest = ModelFolder.open(Path.of("models/tts-v1")).manifest().json();
    assertThat(expected.path("version"))
        .as("to be made anew by " + expected.path("command").asText())
        .isEqualTo(manifest.path("version"));
    List<List<String>> words = new ArrayList<>();
    for (JsonNode word : expected.path("words")) {
      words.add(texts(word));
    }
    List<Stop> stops = texts(expected.path("stops")).stream().map(Stop::valueOf).toList();
    Voice voice = synthesizer.voice(expected.path("voice").asText()).orElseThrow();
    int language =
        texts(manifest.path("spokenLanguages")).indexOf(expected.path("language").asText());
    TokenPlan plan =
        synthesizer
            .plan(
                new Sentence(0, words, stops, true),
                new Synthesizer.Request(voice, new SpeechSettings(1, method, 1), language),
                0)
            .plan();
    String way = method.name().toLowerCase(Locale.ROOT);
    assertThat(plan.counts()).isEqualTo(numbers(expected.path(way + "Counts")));
    assertThat(plan.tokens()).isEqualTo(numbers(expected.path(way + "Tokens")));
  }

  private static List<String> texts(JsonNode array) {
    List<String> out = new ArrayList<>();
    array.forEach(x -> out.add(x.asText()));
    return out;
  }

  private static int[] numbers(JsonNode array) {
    return texts(array).stream().mapToInt(Integer::parseInt).toArray();
  }

  @Test
  void whatIsNotSpokenMakesNoSound() throws IOException {
    Spoken spoken = speak("- - -", "en", new SpeechSettings(1, Method.PARALLEL, 1));
    assertThat(spoken.samples()).isEmpty();
    assertThat(spoken.words()).hasSize(3).noneMatch(SpokenWord::isSpoken);
  }

  /** Any cut of the text into runs of the generator gives the sound of one run. */
  @Test
  void piecesJoinWithoutASeam() throws Exception {
    ModelFolder folder = ModelFolder.open(Path.of("models/tts-v1"));
    int context = folder.manifest().json().path("generatorContextTokens").asInt();
    Voice voice = synthesizer.voices().get(0);
    int[] tokens = new int[260];
    float[] hz = new float[520];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = i * 7 % 512;
      hz[2 * i] = hz[2 * i + 1] = i % 50 < 35 ? 120 + i % 60 : 0;
    }
    try (SpeechGenerator pieces =
            new SpeechGenerator(
                runtime.open("generator.onnx", folder.read("generator.onnx")), context);
        SpeechGenerator whole =
            new SpeechGenerator(
                runtime.open("generator.onnx", folder.read("generator.onnx")), 1000)) {
      float[] a = all(pieces.speak(tokens, hz, voice, 3));
      float[] b = all(whole.speak(tokens, hz, voice, 3));
      assertThat(a).hasSize(260 * 320).hasSameSizeAs(b);
      for (int i = 0; i < a.length; i++) {
        assertThat(a[i]).isCloseTo(b[i], within(2e-3f));
      }
    }
  }

  private static float[] all(SpeechGenerator.Speaking speaking) {
    float[] samples = new float[0];
    while (!speaking.isDone()) {
      float[] own = speaking.next();
      samples = Arrays.copyOf(samples, samples.length + own.length);
      System.arraycopy(own, 0, samples, samples.length - own.length, own.length);
    }
    return samples;
  }

  /** The tokenizer's tokens do not depend on how the recording is read. */
  @Test
  void tokensAreThoseOfAnyChunking() throws Exception {
    try (SemanticTokenizer tokenizer =
        SemanticTokenizer.load(ModelFolder.open(Path.of("models/tts-v1")), runtime)) {
      float[] samples = new float[16_000 * 23];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (float) (0.1 * Math.sin(i * 0.05 + 3 * Math.sin(i * 0.0007)));
      }
      List<Integer> once = tokens(tokenizer, samples, samples.length);
      assertThat(once).hasSize(23 * 50).allMatch(t -> t >= 0 && t < 512);
      assertThat(tokens(tokenizer, samples, 777)).isEqualTo(once);
      assertThat(tokenizer.hear(samples).tokens())
          .containsExactly(once.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  private static List<Integer> tokens(SemanticTokenizer tokenizer, float[] samples, int most)
      throws IOException {
    List<Integer> out = new ArrayList<>();
    AudioSource source =
        new AudioSource() {
          private int at;

          @Override
          public int read(float[] buffer, int offset, int length) {
            int count = Math.min(Math.min(most, length), samples.length - at);
            if (count <= 0) {
              return -1;
            }
            System.arraycopy(samples, at, buffer, offset, count);
            at += count;
            return count;
          }

          @Override
          public org.chorale.audio.AudioInfo info() {
            throw new UnsupportedOperationException();
          }

          @Override
          public void close() {}
        };
    tokenizer.<RuntimeException>tokens(
        source,
        (index, token, features) -> {
          assertThat(index).isEqualTo(out.size());
          out.add(token);
        });
    return out;
  }
}
