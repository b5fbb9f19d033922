package org.chorale.acoustic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.chorale.model.ModelException;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.testing.ForeignModel;
import org.chorale.testing.ToneSpeech;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CtcModelTest {

  private static final OrtRuntime RUNTIME = new OrtRuntime(2, Device.cpu());

  @TempDir private Path folder;

  private static Emissions emissions(ForeignModel model, float[] samples, int batch)
      throws IOException {
    try (CtcModel ctc = CtcModel.load(model.open(), RUNTIME)) {
      ClassSelection all = new ClassSelection(32, Set.of(0, 5, 9));
      return new WindowedEmissions(ctc, batch)
          .of(ToneSpeech.source(samples), all, s -> {})
          .emissions();
    }
  }

  private static float[] noise(int samples) {
    float[] out = new float[samples];
    long state = 1;
    for (int i = 0; i < samples; i++) {
      state = (state * 1103515245 + 12345) & 0x7FFFFFFF;
      out[i] = (state >> 15) / 65536f - 0.5f;
    }
    return out;
  }

  /** Equal but for the order of sums inside a convolution, two steps of what is stored. */
  private static void assertEqual(Emissions a, Emissions b) {
    assertThat(a.frames()).isEqualTo(b.frames());
    for (int t = 0; t < a.frames(); t++) {
      for (int c = 0; c < a.classes(); c++) {
        assertThat(a.get(t, c))
            .as("frame %d class %d", t, c)
            .isCloseTo(b.get(t, c), within(0.003f));
      }
    }
  }

  /** Lengths around the borders of windows: no frame twice, none left out. */
  @Test
  void windowsAndBatchesGiveTheFramesOfOnePiece() throws IOException {
    ForeignModel whole = ForeignModel.wav2vec(folder.resolve("whole"));
    whole.manifest().put("normalisation", "none");
    ForeignModel windowed = ForeignModel.wav2vec(folder.resolve("windowed"));
    windowed
        .manifest()
        .put("normalisation", "none")
        .put("windowFrames", 50)
        .put("leftContextFrames", 5)
        .put("rightContextFrames", 8);
    int window = 50 * 320;
    int step = 37 * 320;
    for (int samples :
        new int[] {
          9_000,
          window - 1,
          window,
          window + 1,
          window + 320,
          window + step,
          window + step + 1,
          window + 3 * step - 1,
          window + 7 * step + 123
        }) {
      float[] audio = noise(samples);
      Emissions truth = emissions(whole, audio, 1);
      assertThat(truth.frames()).isEqualTo((samples - 400) / 320 + 1);
      for (int batch : new int[] {1, 3, 8}) {
        assertEqual(emissions(windowed, audio, batch), truth);
      }
    }
  }

  @Test
  void aMaskOfOnesGoesWithTheSamples() throws IOException {
    ForeignModel masked = ForeignModel.masked(folder.resolve("masked"));
    masked.manifest().put("windowFrames", 30).put("leftContextFrames", 5);
    masked.manifest().put("rightContextFrames", 5);
    float[] samples = noise(40_000);
    masked.manifest().put("normalisation", "none");
    ForeignModel plain = ForeignModel.wav2vec(folder.resolve("plain"));
    plain.manifest().put("normalisation", "none");
    Emissions truth = emissions(plain, samples, 1);
    assertEqual(emissions(masked, samples, 1), truth);
    assertEqual(emissions(masked, samples, 3), truth);
  }

  @Test
  void classesThatAreNotNeededAreOne() throws IOException {
    ForeignModel model = ForeignModel.wav2vec(folder.resolve("model"));
    float[] samples = ToneSpeech.raw().samples(". . E . Z . . .", ForeignModel.WAV2VEC, 0.3);
    Emissions out = emissions(model, samples, 1);
    assertThat(out.classes()).isEqualTo(4);
    assertThat(out.get(2, 1)).isGreaterThan(-0.1f); // E
    assertThat(out.get(4, 3)).isGreaterThan(-0.1f); // Z, one of the others
    assertThat(out.get(1, 0)).isGreaterThan(-0.1f); // blank
  }

  @Test
  void tokenFilesOfBothKinds() throws IOException {
    try (CtcModel model = CtcModel.load(ForeignModel.kaldi(folder.resolve("k")).open(), RUNTIME)) {
      assertThat(model.tokens().symbols()).isEqualTo(ForeignModel.KALDI);
      assertThat(model.tokens().separator()).isEqualTo(1);
    }
    try (CtcModel model =
        CtcModel.load(ForeignModel.wav2vec(folder.resolve("w")).open(), RUNTIME)) {
      assertThat(model.tokens().symbols()).isEqualTo(ForeignModel.WAV2VEC);
      assertThat(model.tokens().blank()).isZero();
    }
    try (CtcModel model = CtcModel.load(ForeignModel.nemo(folder.resolve("n")).open(), RUNTIME)) {
      assertThat(model.tokens().symbols()).hasSize(24);
      assertThat(model.tokens().blank()).isEqualTo(23);
    }
    // A space is a token, too.
    assertThat(
            TokenFiles.lines(
                ForeignModel.kaldi(folder.resolve("s")).open(),
                "tokens.txt",
                "<blk> 0\n  1\n 2\n".replace(" 2\n", "a 2\n")))
        .isEqualTo(List.of("<blk>", " ", "a"));
  }

  private interface Family {
    ForeignModel in(Path folder) throws IOException;
  }

  private void refuses(Family family, Consumer<ObjectNode> change, String... fragments)
      throws IOException {
    ForeignModel model = family.in(folder.resolve("broken"));
    change.accept(model.manifest());
    model.write();
    assertThatThrownBy(() -> CtcModel.load(model.open(), RUNTIME).close())
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll(fragments)
        .message()
        .satisfies(
            m -> {
              assertThat(m.lines()).hasSize(1);
              assertThat(m).contains("broken").endsWith(".");
            });
  }

  @Test
  void manifestsThatDoNotFitAreRefusedInOneSentence() throws IOException {
    Family raw = ForeignModel::wav2vec;
    Family nemo = ForeignModel::nemo;
    refuses(raw, m -> m.put("sampleRate", 8000), "manifest.json", "sampleRate");
    refuses(raw, m -> m.remove("frameStrideSamples"), "frameStrideSamples");
    refuses(raw, m -> m.remove("input"), "'input' is missing");
    refuses(raw, m -> m.put("input", "audio"), "no input 'audio'", "input_values");
    refuses(raw, m -> m.put("output", "probs"), "'output'", "logits");
    refuses(raw, m -> m.put("blank", "<none>"), "'blank'", "32 tokens");
    refuses(raw, m -> m.put("wordSeparator", "#"), "wordSeparator");
    refuses(raw, m -> m.put("vocabulary", "tokens.txt"), "does not name tokens.txt");
    refuses(raw, m -> m.put("vocabulary", 7), "'vocabulary'");
    refuses(raw, m -> m.put("features", "mfcc"), "'features'");
    refuses(raw, m -> m.put("normalisation", "per-feature"), "zero-mean-unit-variance");
    refuses(raw, m -> m.put("windowFrames", 100), "windowFrames");
    refuses(raw, m -> m.put("model", "net.onnx"), "does not name net.onnx");
    refuses(raw, m -> m.put("lengthInput", "length"), "no input 'length'");
    refuses(ForeignModel::kaldi, m -> m.remove("output"), "'output'", "log_probs, log_probs_len");
    refuses(nemo, m -> m.remove("lengthInput"), "also asks for length");
    refuses(nemo, m -> m.put("features", "raw").put("normalisation", "none"), "dimensions");
    refuses(nemo, m -> m.withObject("/features").put("melz", 64), "no 'melz'");
    refuses(nemo, m -> m.withObject("/features").put("melScale", "bark"), "htk, slaney");
    refuses(nemo, m -> m.withObject("/features").put("fftSize", 400), "power of two");
    refuses(nemo, m -> m.withObject("/features").put("dither", 1e-5), "dither");
    refuses(nemo, m -> m.withObject("/features").put("like", "whisper"), "nemo, kaldi");
    ForeignModel damaged = ForeignModel.wav2vec(folder.resolve("text"));
    damaged.with("model.onnx", "no net".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> CtcModel.load(damaged.open(), RUNTIME).close())
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("model.onnx' cannot be run");
    ForeignModel lines = ForeignModel.kaldi(folder.resolve("lines"));
    lines.with("tokens.txt", "a b\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> CtcModel.load(lines.open(), RUNTIME).close())
        .hasMessageContaining("not 'token index'");
    lines.with("tokens.txt", "a 0\nb 2\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> CtcModel.load(lines.open(), RUNTIME).close())
        .hasMessageContaining("no token of index 1");
  }

  private void fails(ForeignModel model, String... fragments) throws IOException {
    try (CtcModel ctc = CtcModel.load(model.open(), RUNTIME)) {
      WindowedEmissions emissions = new WindowedEmissions(ctc);
      ClassSelection selection = new ClassSelection(ctc.tokens().symbols().size(), Set.of(0));
      assertThatThrownBy(
              () -> emissions.of(ToneSpeech.source(new float[32_000]), selection, s -> {}))
          .isInstanceOf(ModelException.class)
          .hasMessageContainingAll(fragments);
    }
  }

  /** What only shows when the model runs. */
  @Test
  void graphsThatDoNotDoWhatTheManifestSaysAreRefused() throws IOException {
    ForeignModel stride = ForeignModel.wav2vec(folder.resolve("stride"));
    stride.manifest().put("frameStrideSamples", 640);
    fails(stride, "'frameStrideSamples' is 640", "about 32");
    ForeignModel few = ForeignModel.mms(folder.resolve("few"));
    few.manifest().withArray("vocabulary").remove(31);
    fails(few, "31 tokens", "32]");
    ForeignModel mels = ForeignModel.nemo(folder.resolve("mels"));
    mels.manifest().withObject("/features").put("mels", 64);
    fails(mels, "model.onnx' refuses its input", "manifest.json");
  }

  /** As graphs in half precision give them when they overflow: never to be taken for a zero. */
  @Test
  void outputsThatAreNoNumbersAreRefused() throws IOException {
    ForeignModel model = ForeignModel.wav2vec(folder.resolve("nan"));
    model.manifest().put("normalisation", "none");
    float[] samples = new float[16_000];
    samples[8_000] = Float.NaN;
    assertThatThrownBy(() -> emissions(model, samples, 1))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("no numbers");
  }
}
