package org.chorale.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.model.ModelException;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.testing.ForeignModel;
import org.chorale.testing.ToneSpeech;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Foreign models by their manifests alone: nets of the right shapes that hear tones as tokens. */
class ForeignModelTest {

  private static final double LOUD = 0.3;

  @TempDir private Path folder;

  private Document document(String text, String language) throws Exception {
    Path file = Files.writeString(folder.resolve("text.txt"), text);
    return new DocumentReader().read(file.toString(), language);
  }

  private Alignment align(ForeignModel model, float[] samples, String text, String language)
      throws Exception {
    try (RecordingAligner aligner =
        RecordingAligner.ofCtc(model.open(), new OrtRuntime(2, Device.cpu()))) {
      return aligner.align(ToneSpeech.source(samples), document(text, language), s -> {});
    }
  }

  private ForeignModel wav2vec() throws Exception {
    return ForeignModel.wav2vec(folder.resolve("wav2vec"));
  }

  private static float[] raw(String frames) {
    return ToneSpeech.raw().samples(frames, ForeignModel.WAV2VEC, LOUD);
  }

  private static void assertTimes(AlignedWord word, ToneSpeech speech, int start, int end) {
    assertThat(word.status()).as(word.text()).isEqualTo(WordStatus.ALIGNED);
    assertThat(word.startSeconds()).as(word.text()).isCloseTo(speech.seconds(start), within(1e-9));
    assertThat(word.endSeconds()).as(word.text()).isCloseTo(speech.seconds(end), within(1e-9));
  }

  private static List<String> tokens(AlignedWord word) {
    return word.phones().stream().map(AlignedPhone::phone).toList();
  }

  // Frames:                   0         5  6 7 8 9   11  13    16  18  20  22
  private static final String HELLO_ALL = ". . . . . H . E . L . L . O . . | . A . L . L . . . . .";

  @Test
  void charactersOfRawAudioWithSeparator() throws Exception {
    Alignment alignment = align(wav2vec(), raw(HELLO_ALL), "Hello, all!", "en");
    ToneSpeech speech = ToneSpeech.raw();
    AlignedWord hello = alignment.words().get(0);
    AlignedWord all = alignment.words().get(1);
    // Tokens follow each other every second frame: so long the last one of a word lasts.
    assertTimes(hello, speech, 5, 15);
    assertTimes(all, speech, 18, 24);
    assertThat(tokens(hello)).containsExactly("H", "E", "L", "L", "O");
    assertThat(hello.phones().get(3).startSeconds()).isCloseTo(speech.seconds(11), within(1e-9));
    assertThat(hello.phones().get(3).endSeconds()).isCloseTo(speech.seconds(13), within(1e-9));
    assertThat(alignment.verdict()).isEqualTo(Verdict.OK);
    assertThat(alignment.confidence()).isGreaterThan(0.95);
    assertThat(alignment.model()).isEqualTo("wav2vec");
    assertThat(alignment.lines().get(0).endSeconds()).isEqualTo(all.endSeconds());
  }

  /** A word ends where the separator or the next word begins, if that comes first. */
  @Test
  void aWordDoesNotReachIntoWhatFollows() throws Exception {
    Alignment alignment =
        align(wav2vec(), raw(". . T . . . O | . . N . . . O W . A . . ."), "to no wa", "en");
    ToneSpeech speech = ToneSpeech.raw();
    assertTimes(alignment.words().get(0), speech, 2, 7);
    assertTimes(alignment.words().get(1), speech, 10, 15);
    assertTimes(alignment.words().get(2), speech, 15, 21);
  }

  @Test
  void numbersAreSpelledAsTheyAreSpoken() throws Exception {
    Alignment alignment =
        align(wav2vec(), raw(". . S . I X T E . E N | . M E . N . . . ."), "16 men", "en");
    assertThat(tokens(alignment.words().get(0))).containsExactly("S", "I", "X", "T", "E", "E", "N");
    alignment =
        align(wav2vec(), raw(". . T W E N T Y . | . . O N E | . M E . N . . . ."), "21 men", "en");
    assertTimes(alignment.words().get(0), ToneSpeech.raw(), 2, 15);
    assertThat(tokens(alignment.words().get(0))).hasSize(9);
  }

  @Test
  void theLevelIsNormalisedWhereTheModelWantsIt() throws Exception {
    float[] quiet = ToneSpeech.raw().samples(HELLO_ALL, ForeignModel.WAV2VEC, 0.003);
    assertThat(align(wav2vec(), quiet, "hello all", "en").verdict()).isEqualTo(Verdict.OK);
    ForeignModel unnormalised = wav2vec();
    unnormalised.manifest().put("normalisation", "none");
    assertThat(align(unnormalised, quiet, "hello all", "en").verdict()).isEqualTo(Verdict.MISMATCH);
  }

  @Test
  void textThatIsNotHeardIsAMismatch() throws Exception {
    Alignment alignment = align(wav2vec(), raw(HELLO_ALL), "quite another thing", "en");
    assertThat(alignment.verdict()).isEqualTo(Verdict.MISMATCH);
    alignment = align(wav2vec(), raw(HELLO_ALL), "word ".repeat(100), "en");
    assertThat(alignment.words()).hasSize(100);
    assertThat(alignment.verdict()).isEqualTo(Verdict.MISMATCH);
    assertThat(align(wav2vec(), new float[10], "word", "en").verdict()).isEqualTo(Verdict.MISMATCH);
  }

  /** All tokens as likely as each other, as a net gives them that is fed the wrong features. */
  @Test
  void aModelThatKnowsNothingIsNotSure() throws Exception {
    ToneSpeech speech = ToneSpeech.kaldi();
    float[] samples = speech.samples(". a . ▁ . c . a . b . .", ForeignModel.KALDI, 0);
    ForeignModel model = ForeignModel.kaldi(folder.resolve("kaldi"));
    model.manifest().withObject("/features").put("sampleScale", 1e-9).put("logGuard", 1);
    assertThat(align(model, samples, "a cab", "en").verdict()).isEqualTo(Verdict.MISMATCH);
  }

  /** Sounds that the text does not have count against the word they fall into. */
  @Test
  void aLetterTooManyMakesAWordLessSure() throws Exception {
    String extra = HELLO_ALL.replace("H . E", "H X E");
    Alignment sure = align(wav2vec(), raw(HELLO_ALL), "hello all", "en");
    Alignment unsure = align(wav2vec(), raw(extra), "hello all", "en");
    assertThat(unsure.words().get(0).confidence())
        .isLessThan(sure.words().get(0).confidence() - 0.01);
    assertThat(unsure.words().get(1).confidence()).isEqualTo(sure.words().get(1).confidence());
  }

  @Test
  void wordsThatAreNotSpokenAreMissingAndOthersStarred() throws Exception {
    String text = "hello all this passage nobody reads in here nor anywhere men";
    String audio = HELLO_ALL + " | . M . E . N . . .";
    Alignment alignment = align(wav2vec(), raw(audio), text, "en");
    assertTimes(alignment.words().get(1), ToneSpeech.raw(), 18, 24);
    assertThat(alignment.words().get(5).status()).isEqualTo(WordStatus.MISSING);
    assertTimes(alignment.words().get(10), ToneSpeech.raw(), 30, 36);
    // Five words in between that the text does not have.
    String more = HELLO_ALL + " | W . I . T H | Y O U R | F O R T Y | C O R G . I".repeat(2);
    alignment = align(wav2vec(), raw(more + " | . M . E . N . . ."), "hello all men", "en");
    int men = more.split(" ").length + 2;
    assertTimes(alignment.words().get(1), ToneSpeech.raw(), 18, 24);
    assertTimes(alignment.words().get(2), ToneSpeech.raw(), men, men + 6);
  }

  @Test
  void lettersAreFittedToTheVocabulary() throws Exception {
    Alignment alignment =
        align(wav2vec(), raw(". C . A . F . E . | . . . . . . . . I . S . ."), "Café 日本 is", "en");
    ToneSpeech speech = ToneSpeech.raw();
    assertTimes(alignment.words().get(0), speech, 1, 9);
    AlignedWord unknown = alignment.words().get(1);
    assertThat(unknown.status()).isEqualTo(WordStatus.INTERPOLATED);
    assertThat(unknown.confidence()).isZero();
    assertThat(unknown.startSeconds()).isCloseTo(speech.seconds(9), within(1e-9));
    assertThat(unknown.endSeconds()).isCloseTo(speech.seconds(18), within(1e-9));
    assertTimes(alignment.words().get(2), speech, 18, 22);
    assertThatThrownBy(() -> align(wav2vec(), raw(HELLO_ALL), "привет мир", "ru"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("romanisation");
  }

  @ParameterizedTest
  @CsvSource({"Привет мир, ru, privet, mir", "Καλημέρα κόσμε, el, kalemera, kosme"})
  void otherScriptsAreRomanised(String text, String language, String first, String second)
      throws Exception {
    ToneSpeech speech = ToneSpeech.raw();
    String frames = ". . " + spaced(first) + " . . . " + spaced(second) + " . . . .";
    Alignment alignment =
        align(
            ForeignModel.mms(folder.resolve("mms")),
            speech.samples(frames, ForeignModel.MMS, LOUD),
            text,
            language);
    assertThat(alignment.verdict()).isEqualTo(Verdict.OK);
    int end = 2 + 2 * first.length();
    assertTimes(alignment.words().get(0), speech, 2, end);
    assertTimes(alignment.words().get(1), speech, end + 2, end + 2 + 2 * second.length());
    assertThat(String.join("", tokens(alignment.words().get(1)))).isEqualTo(second);
  }

  private static String spaced(String word) {
    return String.join(" . ", word.split(""));
  }

  /** The same last and first letter: without a blank between them they would be one. */
  @Test
  void equalLettersOfNeighboursAreKeptApart() throws Exception {
    ToneSpeech speech = ToneSpeech.raw();
    float[] samples = speech.samples(". . t h a t . t i m e . . .", ForeignModel.MMS, LOUD);
    Alignment alignment =
        align(ForeignModel.mms(folder.resolve("mms")), samples, "that time", "en");
    assertTimes(alignment.words().get(0), speech, 2, 6);
    assertTimes(alignment.words().get(1), speech, 7, 11);
    assertThat(alignment.confidence()).isGreaterThan(0.95);
    samples = speech.samples(". . t h a t t i m e . . .", ForeignModel.MMS, LOUD);
    Alignment run = align(ForeignModel.mms(folder.resolve("mms")), samples, "that time", "en");
    assertThat(run.confidence()).isLessThan(0.95);
  }

  @Test
  void piecesOfLogMelFramesOf80MillisecondsWithBlankLast() throws Exception {
    ToneSpeech speech = ToneSpeech.nemo();
    String frames = ". . ▁the . ▁qu ick . . ▁f ox . ▁ r . u n s . . . ▁the . ▁the . . .";
    float[] samples = speech.samples(frames, ForeignModel.NEMO, LOUD);
    Alignment alignment =
        align(
            ForeignModel.nemo(folder.resolve("nemo")), samples, "The quick fox runs the the", "en");
    assertThat(alignment.verdict()).isEqualTo(Verdict.OK);
    assertThat(alignment.confidence()).isGreaterThan(0.9);
    List<AlignedWord> words = alignment.words();
    assertThat(tokens(words.get(0))).containsExactly("▁the");
    assertThat(tokens(words.get(1))).containsExactly("▁qu", "ick");
    assertThat(tokens(words.get(3))).containsExactly("▁", "r", "u", "n", "s");
    assertTimes(words.get(0), speech, 2, 3);
    assertTimes(words.get(1), speech, 4, 6);
    assertTimes(words.get(2), speech, 8, 10);
    assertTimes(words.get(3), speech, 11, 17);
    assertTimes(words.get(4), speech, 20, 21);
    assertTimes(words.get(5), speech, 22, 23);
  }

  @Test
  void tokensFileWithBlankFirstAndFramesOf40Milliseconds() throws Exception {
    ToneSpeech speech = ToneSpeech.kaldi();
    String frames = ". . a . ▁ . c . a . b . ▁ h . a . d . . f . l . e . d . . .";
    Alignment alignment =
        align(
            ForeignModel.kaldi(folder.resolve("kaldi")),
            speech.samples(frames, ForeignModel.KALDI, LOUD),
            "A cab had fled",
            "en");
    assertThat(alignment.verdict()).isEqualTo(Verdict.OK);
    assertThat(alignment.confidence()).isGreaterThan(0.95);
    assertTimes(alignment.words().get(0), speech, 2, 4);
    assertTimes(alignment.words().get(1), speech, 6, 12);
    assertTimes(alignment.words().get(2), speech, 13, 19);
    assertTimes(alignment.words().get(3), speech, 20, 28);
  }

  /** Windows that overlap, the last one shifted, give the frames that one piece gives. */
  @ParameterizedTest
  @CsvSource({"40, 4, 4", "61, 10, 7", "200, 30, 30"})
  void longRecordingsGoInWindows(int window, int left, int right) throws Exception {
    String audio = (HELLO_ALL + " | ").repeat(23) + ". M . E . N . . .";
    String text = "hello all ".repeat(23) + "men";
    Alignment whole = align(wav2vec(), raw(audio), text, "en");
    ForeignModel windowed = wav2vec();
    windowed
        .manifest()
        .put("windowFrames", window)
        .put("leftContextFrames", left)
        .put("rightContextFrames", right);
    Alignment pieces = align(windowed, raw(audio), text, "en");
    assertThat(pieces.words())
        .extracting(AlignedWord::startSeconds)
        .containsExactlyElementsOf(whole.words().stream().map(AlignedWord::startSeconds).toList());
    assertThat(pieces.words())
        .extracting(AlignedWord::endSeconds)
        .containsExactlyElementsOf(whole.words().stream().map(AlignedWord::endSeconds).toList());
    assertThat(pieces.verdict()).isEqualTo(Verdict.OK);
    int frames = audio.split(" +").length;
    assertTimes(pieces.words().get(46), ToneSpeech.raw(), frames - 8, frames - 2);
  }

  @Test
  void theSameInputGivesTheSameResult() throws Exception {
    float[] samples = raw(HELLO_ALL);
    Alignment first = align(wav2vec(), samples, "hello all", "en");
    assertThat(align(wav2vec(), Arrays.copyOf(samples, samples.length), "hello all", "en"))
        .isEqualTo(first);
  }
}
