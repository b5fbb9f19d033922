package org.chorale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.export.AlignmentJsonReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of the command line: exit codes, messages, files that are whole. */
class MainTest {

  private static final String AUDIO = "audio-fixtures/speech/austen-0880.flac";
  private static final String TEXT = "audio-fixtures/speech/austen-0880.txt";

  @TempDir private Path folder;

  private record Run(int code, String out, String err) {
    /** The one sentence of an error. */
    String sentence() {
      List<String> lines = err.lines().filter(l -> l.startsWith("chorale: ")).toList();
      assertThat(err).doesNotContain("\tat ");
      return lines.get(lines.size() - 1);
    }
  }

  private static Run run(String... args) {
    return run(Path.of("."), args);
  }

  private static Run run(Path home, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Environment environment =
        new Environment(
            home,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false);
    int code = Main.run(environment, args);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private String text(String content) throws IOException {
    return Files.writeString(folder.resolve("text.txt"), content).toString();
  }

  @Test
  void alignWritesJsonToStandardOutputAndRemarksToStandardError() throws IOException {
    Run run = run("align", AUDIO, TEXT);
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEqualTo("chorale: the text looks like 'en'" + System.lineSeparator());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.path("version").asInt()).isEqualTo(1);
    assertThat(json.path("verdict").asText()).isEqualTo("ok");
    assertThat(json.path("words")).hasSize(7);
    assertThat(json.path("words").get(0).has("phones")).isFalse();
    assertThat(json.path("audio").path("path").asText()).isEqualTo(AUDIO);
    assertThat(run("align", AUDIO, TEXT, "--quiet").err()).isEmpty();
  }

  @Test
  void severalFormatsGoToAFolderOrAStem() {
    assertThat(run("align", AUDIO, TEXT, "-f", "json,srt,textgrid", "-o", folder + "/").code())
        .isZero();
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder("austen-0880.json", "austen-0880.srt", "austen-0880.TextGrid");
    assertThat(run("align", AUDIO, TEXT, "-f", "csv,tsv", "-o", folder + "/stem").code()).isZero();
    assertThat(folder.resolve("stem.csv")).exists();
    assertThat(folder.resolve("stem.tsv")).exists();
  }

  @Test
  void phonesAndMissingWords() throws IOException {
    Run run = run("align", AUDIO, TEXT, "--phones", "--min-confidence", "1", "--quiet");
    JsonNode words = new ObjectMapper().readTree(run.out()).path("words");
    assertThat(words)
        .allMatch(w -> w.path("status").asText().equals("missing") && w.path("start").isNull());
    JsonNode phones =
        new ObjectMapper()
            .readTree(run("align", AUDIO, TEXT, "--phones").out())
            .path("words")
            .get(0)
            .path("phones");
    assertThat(phones.size()).isGreaterThan(1);
  }

  @Test
  void usageErrorsAre2() {
    assertThat(run().code()).isEqualTo(2);
    assertThat(run("align", AUDIO).code()).isEqualTo(2);
    assertThat(run("nonsense").code()).isEqualTo(2);
    assertThat(run("align", AUDIO, TEXT, "--mode", "opera").code()).isEqualTo(2);
    assertThat(run("align", AUDIO, TEXT, "-f", "docx").err()).contains("'docx' is no format");
    assertThat(run("align", AUDIO, TEXT, "-f", "docx").code()).isEqualTo(2);
    assertThat(run("align", AUDIO, TEXT, "-f", "json,srt").code()).isEqualTo(2);
    assertThat(run("align", "-", "-").code()).isEqualTo(2);
    assertThat(run("align", AUDIO, TEXT, "--min-confidence", "7").code()).isEqualTo(2);
    assertThat(run("align", AUDIO, TEXT, "--device", "tpu").code()).isEqualTo(2);
    assertThat(run("--help").code()).isZero();
    assertThat(run("align", "--help").out()).contains("Exit codes");
    assertThat(run("--version").out()).startsWith("chorale ");
  }

  @Test
  void aUsageErrorIsASentenceAndWhereToReadOn() {
    assertThat(run("align", AUDIO, TEXT, "--mode", "opera").err().lines())
        .containsExactly(
            "chorale: 'opera' is no mode; use speech, lyrics or auto.",
            "chorale: see 'chorale align --help'");
    assertThat(run("align", AUDIO, TEXT, "--mod", "speech").err().lines())
        .hasSizeBetween(2, 4)
        .anyMatch(line -> line.contains("--mode"));
  }

  @Test
  void badAudioIs3() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.wav"));
    Path words = Files.writeString(folder.resolve("words.wav"), "no sound, only words");
    byte[] flac = Files.readAllBytes(Path.of(AUDIO));
    Path truncated = Files.write(folder.resolve("cut.flac"), Arrays.copyOf(flac, flac.length / 2));
    for (String audio :
        List.of(
            "nowhere.wav",
            folder.toString(),
            empty.toString(),
            words.toString(),
            truncated.toString(),
            "audio-fixtures/formats/no-audio.mp4")) {
      Path result = folder.resolve("result.json");
      Run run = run("align", audio, TEXT, "-o", result.toString());
      assertThat(run.code()).as(audio).isEqualTo(3);
      assertThat(run.sentence()).contains(audio).endsWith(".");
      assertThat(run.out()).isEmpty();
      assertThat(result).doesNotExist();
    }
    Run verbose = run("align", "nowhere.wav", TEXT, "--verbose");
    assertThat(verbose.code()).isEqualTo(3);
    assertThat(verbose.err()).contains("\tat org.chorale");
  }

  @Test
  void badTextIs4() throws IOException {
    for (String file : List.of("nowhere.txt", text(""), folder.toString(), AUDIO)) {
      Run run = run("align", AUDIO, file);
      assertThat(run.code()).as(file).isEqualTo(4);
      assertThat(run.sentence()).contains(file).endsWith(".");
    }
    for (String content : List.of("", " \n\t", "\uFEFF", "[Chorus]\n♪\n", "...", "<3")) {
      String file = text(content);
      Run run = run("align", AUDIO, file, "-l", "en");
      if (!content.equals("<3")) {
        assertThat(run.code()).as(content).isEqualTo(4);
        assertThat(run.sentence()).contains(file);
      }
    }
  }

  @Test
  void aScriptThatCannotBePronouncedIs4() throws IOException {
    String cherokee = text("\u13A3\u13CF\u13F2 \u13A3\u13CF\u13F2");
    Run run = run("align", AUDIO, cherokee);
    assertThat(run.code()).isEqualTo(4);
    assertThat(run.sentence()).contains(cherokee, "script").endsWith(".");
  }

  /** The language is the text's, but nothing is known of how it sounds. */
  @Test
  void languagesWithoutPronunciationAreDoubtfulAndSaidSo() throws IOException {
    Run run =
        run(
            "align",
            "audio-fixtures/speech/asterisk-it.flac",
            "audio-fixtures/speech/asterisk-it.txt",
            "-l",
            "co");
    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("'co'", "read as if it were 'it'", "doubtful");
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.path("verdict").asText()).isEqualTo("doubtful");
    assertThat(json.path("language").asText()).isEqualTo("co");
  }

  @Test
  void textThatDoesNotMatchIs5UnlessForced() throws IOException {
    String wrong =
        text(
            "To be, or not to be, that is the question: whether 'tis nobler in the mind to suffer"
                + " the slings and arrows of outrageous fortune");
    Path result = folder.resolve("result.json");
    Run run = run("align", AUDIO, wrong, "-o", result.toString());
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.sentence()).contains(wrong, AUDIO, "--force");
    assertThat(result).doesNotExist();
    assertThat(run("align", AUDIO, wrong, "--force", "-o", result.toString()).code()).isZero();
    assertThat(new ObjectMapper().readTree(result.toFile()).path("verdict").asText())
        .isEqualTo("mismatch");
  }

  /** All of it is heard, but not in this order: whoever reads why can mend it. */
  @Test
  void aTextInAnotherOrderIs5AndSaysWhy() throws IOException {
    List<String> words =
        List.of(Files.readString(Path.of("audio-fixtures/speech/austen-0870.txt")).split("\\s+"));
    int half = words.size() / 2;
    String turned =
        text(
            String.join(" ", words.subList(half, words.size()))
                + "\n"
                + String.join(" ", words.subList(0, half)));
    Path result = folder.resolve("result.json");
    String[] command = {
      "align", "audio-fixtures/speech/austen-0870.flac", turned, "-l", "en", "-o", result.toString()
    };
    Run run = run(command);
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.sentence()).containsPattern("[1-9][0-9]* words heard in another place");
    String[] forced = Arrays.copyOf(command, command.length + 1);
    forced[command.length] = "--force";
    assertThat(run(forced).code()).isZero();
    assertThat(new AlignmentJsonReader().read(result).wordsElsewhere()).isBetween(4, words.size());
  }

  @Test
  void aMissingOrBrokenModelIs6() throws IOException {
    Run nowhere = run("align", AUDIO, TEXT, "--model", folder.toString());
    assertThat(nowhere.code()).isEqualTo(6);
    assertThat(nowhere.sentence()).contains(folder.toString());
    assertThat(run(folder, "align", AUDIO, TEXT).code()).isEqualTo(6);
    assertThat(run(folder, "models", "list").code()).isEqualTo(6);
    Path copy = Files.createDirectory(folder.resolve("speech"));
    Files.copy(Path.of("models/speech-v1/manifest.json"), copy.resolve("manifest.json"));
    byte[] weights = Files.readAllBytes(Path.of("models/speech-v1/model.onnx"));
    weights[weights.length / 2] ^= 1;
    Files.write(copy.resolve("model.onnx"), weights);
    Run damaged = run("align", AUDIO, TEXT, "--model", copy.toString());
    assertThat(damaged.code()).isEqualTo(6);
    assertThat(damaged.sentence()).contains("model.onnx' is damaged");
  }

  @Test
  void anOutputThatCannotBeWrittenIs1() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Run run = run("align", AUDIO, TEXT, "-o", file + "/result.json");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("cannot be written");
  }

  @Test
  void modelsAreListedAndVerified() {
    Run list = run("models");
    assertThat(list.code()).isZero();
    assertThat(list.out()).contains("speech-v1", "g2p-v1", "CC-BY-SA-4.0");
    assertThat(run("models", "list").out()).isEqualTo(list.out());
    Run verify = run("models", "verify");
    assertThat(verify.code()).isZero();
    assertThat(verify.out()).contains("speech-v1/model.onnx ok", "g2p-v1/lexicon-en.tsv.gz ok");
  }

  @Test
  void evalPrintsTheTable() throws IOException {
    Path audio = Path.of(AUDIO).toAbsolutePath();
    Files.writeString(
        folder.resolve("truth.tsv"), "start\tend\tword\n0.1\t0.4\tHe\n0.4\t0.6\twas\n");
    Path manifest =
        Files.writeString(
            folder.resolve("manifest.tsv"),
            "audio\ttext\twords_tsv\tlanguage\n%s\t%s\ttruth.tsv\ten-GB\n"
                .formatted(audio, Path.of(TEXT).toAbsolutePath()));
    Run table = run("eval", manifest.toString(), "-o", folder.resolve("kept").toString());
    assertThat(table.code()).isZero();
    assertThat(table.out().lines()).hasSize(4);
    assertThat(table.out()).contains("POOLED over words", "MEAN over files");
    assertThat(table.err()).contains("times real time");
    assertThat(folder.resolve("kept").toFile().list()).hasSize(1);
    JsonNode json = new ObjectMapper().readTree(run("eval", manifest.toString(), "--json").out());
    assertThat(json.path("pooled").path("words").asInt()).isEqualTo(2);
    assertThat(json.path("pooled").path("missed").asInt()).isZero();
    assertThat(run("eval", manifest.toString(), "--only", "zzz").code()).isEqualTo(2);
    assertThat(run("eval", folder.resolve("none.tsv").toString()).code()).isEqualTo(1);
  }

  @Test
  void previewMakesAPageThatNeedsNothingElse() throws IOException {
    Path result = folder.resolve("a.json");
    run("align", AUDIO, TEXT, "-o", result.toString());
    Path page = folder.resolve("a.html");
    assertThat(run("preview", result.toString(), AUDIO, "-o", page.toString()).code()).isZero();
    String html = Files.readString(page);
    assertThat(html)
        .contains("src=\"data:audio/flac;base64,Zkxh") // fLa
        .contains("\"tiles\":[\"iVBOR") // PNG
        .doesNotContain("@DATA@")
        .doesNotContain("http:")
        .doesNotContain("https:");
    assertThat(run("preview", result.toString(), "-", "-o", page.toString()).code())
        .isEqualTo(Main.USAGE);
    assertThat(run("preview", result.toString(), "no.wav", "-o", page.toString()).code())
        .isEqualTo(Main.BAD_AUDIO);
  }

  @Test
  void previewMakesAVideo() throws IOException {
    Path result = folder.resolve("a.json");
    run("align", AUDIO, TEXT, "-o", result.toString());
    Path video = folder.resolve("a.mp4");
    assertThat(
            run("preview", result.toString(), AUDIO, "-o", video.toString(), "--to", "1.5").code())
        .isZero();
    try (AudioSource sound = new AudioFiles().open(video.toString())) {
      assertThat(sound.info().expectedSeconds()).isBetween(1.4, 1.6);
    }
    assertThat(new String(Files.readAllBytes(video), StandardCharsets.ISO_8859_1)).contains("avc1");
    assertThat(
            run("preview", result.toString(), AUDIO, "-o", video.toString(), "--from", "99").code())
        .isEqualTo(Main.USAGE);
  }

  @Test
  void previewDrawsAPicture() throws IOException {
    Path result = folder.resolve("result.json");
    assertThat(run("align", AUDIO, TEXT, "-o", result.toString()).code()).isZero();
    Path picture = folder.resolve("picture.png");
    assertThat(run("preview", result.toString(), AUDIO, "-o", picture.toString()).code()).isZero();
    assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(1280);
    assertThat(run("preview", result.toString(), AUDIO, "-o", "picture.gif").code()).isEqualTo(2);
    assertThat(
            run("preview", result.toString(), AUDIO, "-o", picture.toString(), "--from", "99")
                .code())
        .isEqualTo(2);
  }
}
