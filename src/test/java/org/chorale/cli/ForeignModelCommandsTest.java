package org.chorale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.chorale.testing.ForeignModel;
import org.chorale.testing.ToneSpeech;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A foreign model from the command line: {@code --model DIR}, and nothing else. */
class ForeignModelCommandsTest {

  @TempDir private Path folder;
  private String audio;

  private record Run(int code, String out, String err) {}

  /** Chorale without any model of its own. */
  private Run run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Environment environment =
        new Environment(
            folder.resolve("empty-home"),
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

  @BeforeEach
  void speak() throws IOException {
    float[] samples =
        ToneSpeech.raw()
            .samples(". . . H . E . L . L . O . | . A . L . L . .", ForeignModel.WAV2VEC, 0.3);
    audio = ToneSpeech.wav(folder.resolve("tones.wav"), samples).toString();
  }

  @Test
  void alignsByTheManifestAlone() throws IOException {
    String model = ForeignModel.wav2vec(folder.resolve("wav2vec")).write().toString();
    Run run =
        run(
            "align",
            audio,
            text("Hello, all!"),
            "-l",
            "en",
            "--model",
            model,
            "--phones",
            "--quiet");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.path("model").asText()).isEqualTo("wav2vec");
    JsonNode hello = json.path("words").get(0);
    // Frame 3 begins at 40 + 3 * 320 samples; rounded to milliseconds.
    assertThat(hello.path("start").asDouble()).isEqualTo(0.063);
    assertThat(hello.path("end").asDouble()).isEqualTo(0.263);
    assertThat(hello.path("phones").get(0).path("phone").asText()).isEqualTo("H");
  }

  @Test
  void textThatDoesNotMatchIs5() throws IOException {
    String model = ForeignModel.wav2vec(folder.resolve("wav2vec")).write().toString();
    Run run = run("align", audio, text("Something quite different"), "-l", "en", "--model", model);
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("is not what is heard", "--force");
  }

  @Test
  void badManifestsAre6AndNameTheFile() throws IOException {
    ForeignModel model = ForeignModel.wav2vec(folder.resolve("wav2vec"));
    model.manifest().put("frameStrideSamples", 160);
    String path = model.write().toString();
    Run run = run("align", audio, text("Hello"), "-l", "en", "--model", path);
    assertThat(run.code()).isEqualTo(6);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .contains(path)
        .contains("manifest.json' is broken: 'frameStrideSamples' is 160")
        .contains("name another model with --model");
    model.manifest().remove("blank");
    run = run("align", audio, text("Hello"), "-l", "en", "--model", model.write().toString());
    assertThat(run.code()).isEqualTo(6);
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void textThatTheVocabularyCannotSpellIs6() throws IOException {
    String model = ForeignModel.wav2vec(folder.resolve("wav2vec")).write().toString();
    Run run = run("align", audio, text("Привет, мир"), "-l", "ru", "--model", model);
    assertThat(run.code()).isEqualTo(6);
    assertThat(run.err()).contains("has no letter of this text", "romanisation");
  }

  @Test
  void foreignFoldersAreListedAndVerified() throws IOException {
    Path model = ForeignModel.kaldi(folder.resolve("kaldi")).write();
    Run list = run("models", "list", model.toString());
    assertThat(list.code()).isZero();
    assertThat(list.out()).contains("kaldi", "ctc-acoustic", "0.00 MB", "CC0-1.0");
    ForeignModel.nemo(folder.resolve("nemo")).write();
    assertThat(run("models", "list", folder.toString()).out().lines()).hasSize(2);
    Run verify = run("models", "verify", model.toString());
    assertThat(verify.code()).isZero();
    assertThat(verify.out()).contains("kaldi/model.onnx ok", "kaldi/tokens.txt ok");
    Files.writeString(model.resolve("tokens.txt"), "changed 0\n");
    assertThat(run("models", "verify", model.toString()).code()).isEqualTo(6);
    assertThat(run("models", "verify", folder.resolve("nowhere").toString()).code()).isEqualTo(6);
  }

  @Test
  void aGpuThatIsNotThereIs6AndAutoGoesOn() throws IOException {
    assumeFalse(Files.exists(Path.of("/dev/nvidia0")));
    String model = ForeignModel.wav2vec(folder.resolve("wav2vec")).write().toString();
    String text = text("hello all");
    Run cuda = run("align", audio, text, "-l", "en", "--model", model, "--device", "cuda:1");
    assertThat(cuda.code()).isEqualTo(6);
    assertThat(cuda.err().lines()).hasSize(1);
    assertThat(cuda.err()).contains("cuda:1", "--device cpu");
    Run auto = run("align", audio, text, "-l", "en", "--model", model, "--device", "auto");
    Run cpu = run("align", audio, text, "-l", "en", "--model", model, "--device", "cpu");
    assertThat(auto.code()).isZero();
    assertThat(auto.out()).isEqualTo(cpu.out());
  }
}
