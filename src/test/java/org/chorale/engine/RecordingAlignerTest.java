package org.chorale.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.chorale.acoustic.Emissions;
import org.chorale.acoustic.OnlineEmissions;
import org.chorale.acoustic.OnnxAcousticModel;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.export.ExportOptions;
import org.chorale.export.JsonFormat;
import org.chorale.export.Song;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.text.Document;
import org.chorale.text.DocumentParser;
import org.chorale.text.DocumentReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The models as shipped, on real recordings. */
class RecordingAlignerTest {

  private static final Path SPEECH = Path.of("audio-fixtures/speech");
  private static final Path FORMATS = Path.of("audio-fixtures/formats");

  private static RecordingAligners aligners;
  private static RecordingAligner aligner;

  @BeforeAll
  static void load() throws IOException {
    aligners = new RecordingAligners(Path.of("models"), null, new OrtRuntime(2, Device.cpu()));
    aligner = aligners.of(AlignmentMode.SPEECH);
  }

  @AfterAll
  static void close() {
    aligners.close();
  }

  private static Alignment align(Path audio, Document document) throws IOException {
    try (AudioSource source = new AudioFiles().open(audio.toString())) {
      return aligner.align(source, document, samples -> {});
    }
  }

  private static Document document(Path text, String language) throws Exception {
    return new DocumentReader().read(text.toString(), language);
  }

  private static Alignment align(String audio, String text, String language) throws Exception {
    Path file = Files.createTempFile("chorale", ".txt");
    try {
      Files.writeString(file, text);
      return align(SPEECH.resolve(audio), document(file, language));
    } finally {
      Files.delete(file);
    }
  }

  private static String json(Alignment alignment) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new JsonFormat().write(Song.of(alignment), ExportOptions.standard().withPhones(true), out);
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What the contract promises of every result. */
  private static void checkPromises(Alignment alignment, Document document) {
    assertThat(alignment.words()).hasSameSizeAs(document.words());
    double floor = 0;
    for (int w = 0; w < alignment.words().size(); w++) {
      AlignedWord word = alignment.words().get(w);
      assertThat(document.text().substring(word.charStart(), word.charEnd()))
          .isEqualTo(word.text());
      assertThat(word.confidence()).isBetween(0.0, 1.0);
      if (word.isTimed()) {
        assertThat(word.startSeconds()).isGreaterThanOrEqualTo(floor);
        assertThat(word.endSeconds()).isGreaterThanOrEqualTo(word.startSeconds());
        floor = word.endSeconds();
      }
      double phoneFloor = word.startSeconds();
      for (AlignedPhone phone : word.phones()) {
        assertThat(phone.startSeconds()).isGreaterThanOrEqualTo(phoneFloor);
        assertThat(phone.endSeconds()).isGreaterThanOrEqualTo(phone.startSeconds());
        phoneFloor = phone.endSeconds();
      }
      if (!word.phones().isEmpty()) {
        assertThat(phoneFloor).isLessThanOrEqualTo(word.endSeconds());
      }
    }
    assertThat(floor).isLessThanOrEqualTo(alignment.audio().durationSeconds());
  }

  @ParameterizedTest
  @CsvSource({
    "austen-0870, en",
    "austen-0880, en",
    "asterisk-es, es",
    "asterisk-fr, fr",
    "asterisk-it, it"
  })
  void realRecordingsAlign(String name, String language) throws Exception {
    Document document = document(SPEECH.resolve(name + ".txt"), "auto");
    assertThat(document.language()).isEqualTo(language);
    Alignment alignment = align(SPEECH.resolve(name + ".flac"), document);
    checkPromises(alignment, document);
    assertThat(alignment.verdict()).isEqualTo(Verdict.OK);
    assertThat(alignment.words()).allMatch(w -> w.status() == WordStatus.ALIGNED);
  }

  /** Starts and ends read off waveform and spectrogram by hand. */
  @Test
  void wordsAreWhereTheyAreHeard() throws Exception {
    Alignment alignment =
        align(
            SPEECH.resolve("austen-0870.flac"), document(SPEECH.resolve("austen-0870.txt"), "en"));
    List<AlignedWord> words = alignment.words();
    assertThat(words.get(0).startSeconds()).isCloseTo(0.25, within(0.05));
    assertThat(words.get(5).text()).isEqualTo("then");
    assertThat(words.get(5).endSeconds()).isCloseTo(2.13, within(0.08));
    assertThat(words.get(6).text()).isEqualTo("leisure");
    assertThat(words.get(6).startSeconds()).isCloseTo(2.25, within(0.08));
    assertThat(words.get(21).text()).isEqualTo("them.");
    assertThat(words.get(21).endSeconds()).isBetween(6.6, 6.95);
  }

  @ParameterizedTest
  @ValueSource(strings = {"flac", "mp3", "m4a", "ogg", "opus", "webm", "mp4", "mkv"})
  void everyFormatGivesTheSameTimes(String extension) throws Exception {
    Document document = document(FORMATS.resolve("fox.txt"), "en");
    Alignment wav = align(FORMATS.resolve("fox.wav"), document);
    Alignment other = align(FORMATS.resolve("fox." + extension), document);
    checkPromises(other, document);
    for (int w = 0; w < wav.words().size(); w++) {
      assertThat(other.words().get(w).startSeconds())
          .as(wav.words().get(w).text())
          .isCloseTo(wav.words().get(w).startSeconds(), within(0.015));
      assertThat(other.words().get(w).endSeconds())
          .as(wav.words().get(w).text())
          .isCloseTo(wav.words().get(w).endSeconds(), within(0.015));
    }
  }

  @Test
  void theSameInputGivesTheSameBytes() throws Exception {
    Document document = document(SPEECH.resolve("austen-0880.txt"), "en");
    String first = json(align(SPEECH.resolve("austen-0880.flac"), document));
    try (RecordingAligners others =
            new RecordingAligners(Path.of("models"), null, new OrtRuntime(1, Device.cpu()));
        AudioSource source = new AudioFiles().open(SPEECH.resolve("austen-0880.flac").toString())) {
      assertThat(json(others.of(AlignmentMode.SPEECH).align(source, document, s -> {})))
          .isEqualTo(first);
    }
    assertThat(json(align(SPEECH.resolve("austen-0880.flac"), document))).isEqualTo(first);
  }

  @Test
  void stageDirectionsAndPunctuationKeepTheirPlace() throws Exception {
    Alignment alignment =
        align(
            "austen-0880.flac",
            "[Chorus]\nHe was not — an ill-disposed\n(x2)\nyoung man. ♪\n",
            "en");
    assertThat(alignment.words())
        .extracting(AlignedWord::text)
        .containsExactly(
            "[Chorus]",
            "He",
            "was",
            "not",
            "—",
            "an",
            "ill-disposed",
            "(x2)",
            "young",
            "man.",
            "♪");
    assertThat(alignment.words())
        .extracting(AlignedWord::status)
        .containsExactly(
            WordStatus.INTERPOLATED,
            WordStatus.ALIGNED,
            WordStatus.ALIGNED,
            WordStatus.ALIGNED,
            WordStatus.INTERPOLATED,
            WordStatus.ALIGNED,
            WordStatus.ALIGNED,
            WordStatus.INTERPOLATED,
            WordStatus.ALIGNED,
            WordStatus.ALIGNED,
            WordStatus.INTERPOLATED);
    assertThat(alignment.verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void numbersAreHeardAsWords() throws Exception {
    Document document = document(FORMATS.resolve("fox.txt"), "en");
    Alignment alignment = align(FORMATS.resolve("fox.wav"), document);
    AlignedWord number =
        alignment.words().stream().filter(w -> w.text().equals("25")).findFirst().orElseThrow();
    assertThat(number.endSeconds() - number.startSeconds()).isBetween(0.4, 1.0);
    assertThat(number.phones().size()).isGreaterThan(8);
  }

  @Test
  void textThatIsNotHeardIsAMismatch() throws Exception {
    assertThat(
            align(
                    "austen-0870.flac",
                    "Four score and seven years ago our fathers brought forth on this continent,"
                        + " a new nation, conceived in Liberty",
                    "en")
                .verdict())
        .isEqualTo(Verdict.MISMATCH);
    assertThat(
            align(
                    "asterisk-fr.flac",
                    "Der schnelle braune Fuchs springt über den faulen Hund und läuft davon.",
                    "de")
                .verdict())
        .isEqualTo(Verdict.MISMATCH);
  }

  /** Corsican is read by Italian letter values: however well that goes, it is a guess. */
  @Test
  void languagesWithoutPronunciationAreDoubtfulAtBest() throws Exception {
    String italian = Files.readString(SPEECH.resolve("asterisk-it.txt"));
    assertThat(aligner.readAs("co")).isEqualTo("it");
    assertThat(aligner.readAs("it")).isEqualTo("it");
    Alignment right = align("asterisk-it.flac", italian, "co");
    assertThat(right.verdict()).isEqualTo(Verdict.DOUBTFUL);
    assertThat(right.confidence()).isGreaterThan(0.5);
    assertThat(align("asterisk-it.flac", italian, "it").verdict()).isEqualTo(Verdict.OK);
    assertThat(
            align(
                    "asterisk-it.flac",
                    "Quandu u ventu soffia in muntagna i pastori scendenu versu u mare cù e pecure",
                    "co")
                .verdict())
        .isEqualTo(Verdict.MISMATCH);
  }

  @Test
  void scriptsThatCannotBePronouncedAreTold() throws Exception {
    for (String text :
        List.of("\u13A3\u13CF\u13F2", "\u2D30\u2D63\u2D53\u2D4D")) { // Cherokee, Tifinagh
      assertThat(aligner.canRead(new DocumentParser().parse(text, "und"))).as(text).isFalse();
    }
    for (String text : List.of("Привет", "γειά", "你好", "مرحبا", "नमस्ते", "saluton")) {
      assertThat(aligner.canRead(new DocumentParser().parse(text, "und"))).as(text).isTrue();
    }
  }

  /** Far more text than audio: no path, or one that skips; every word is still accounted for. */
  @Test
  void textThatIsFarTooLongIsAMismatch() throws Exception {
    Alignment alignment = align("warm-up.wav", "something else entirely ".repeat(300), "en");
    assertThat(alignment.words()).hasSize(900);
    assertThat(alignment.verdict()).isEqualTo(Verdict.MISMATCH);
  }

  /** The same weights serve streams: chunks of any size, runs of the same length, the same bits. */
  @Test
  void anyChunkingGivesTheSameEmissions() throws Exception {
    float[] samples = new float[40_000];
    try (AudioSource source = new AudioFiles().open(SPEECH.resolve("austen-0880.flac").toString());
        OnnxAcousticModel model =
            OnnxAcousticModel.load(
                ModelFolder.open(Path.of("models/speech-v1")), new OrtRuntime(2, Device.cpu()))) {
      int filled = 0;
      while (filled < samples.length) {
        filled += source.read(samples, filled, samples.length - filled);
      }
      Emissions whole = emissions(model, samples, samples.length, 100);
      for (int chunk : new int[] {1, 160, 333, 16_000}) {
        Emissions chunked = emissions(model, samples, chunk, 100);
        assertThat(chunked.frames()).isEqualTo(whole.frames()).isEqualTo(250);
        for (int t = 0; t < whole.frames(); t++) {
          for (int c = 0; c < whole.classes(); c++) {
            assertThat(chunked.get(t, c)).isEqualTo(whole.get(t, c));
          }
        }
      }
      // Runs of another length give the same posteriors but for rounding.
      Emissions longer = emissions(model, samples, 1000, 30);
      for (int t = 0; t < whole.frames(); t++) {
        for (int c = 0; c < whole.classes(); c++) {
          float p = (float) Math.exp(whole.get(t, c));
          assertThat((float) Math.exp(longer.get(t, c))).isCloseTo(p, within(0.01f));
        }
      }
      assertThat(model.contextSamples()).isLessThanOrEqualTo(AudioSource.SAMPLE_RATE * 6 / 10);
    }
  }

  private static Emissions emissions(
      OnnxAcousticModel model, float[] samples, int chunk, int runFrames) {
    Emissions.Builder builder = new Emissions.Builder(model.classes());
    OnlineEmissions online = new OnlineEmissions(model, runFrames, builder::add);
    Random random = new Random(chunk);
    int at = 0;
    while (at < samples.length) {
      int count = Math.min(samples.length - at, 1 + random.nextInt(chunk));
      online.accept(samples, at, count);
      at += count;
    }
    return builder.build((int) online.finish());
  }
}
