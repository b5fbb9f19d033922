package org.chorale.acoustic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.chorale.onnx.OrtRuntime;
import org.junit.jupiter.api.Test;

class OnnxAcousticModelTest {

  private static final int FRAMES = 300;
  private static final int CONTEXT = 8_760;
  private static final int CLASSES = 56;

  private static float[] posteriors(ModelFolder folder, String file, float[] samples)
      throws Exception {
    OrtRuntime runtime = new OrtRuntime(1, Device.cpu());
    try (OnnxSession session = runtime.open(file, folder.read(file))) {
      return session
          .run(
              Map.of("samples", new FloatTensor(samples, new long[] {1, samples.length})),
              "log_posteriors")
          .values();
    }
  }

  @Test
  void theGraphForGpusIsTheSameNetInFloats() throws Exception {
    ModelFolder folder = ModelFolder.open(Path.of("models/speech-v1"));
    String onGpu = OnnxAcousticModel.file(folder, true);
    String onCpu = OnnxAcousticModel.file(folder, false);
    float[] samples = new float[FRAMES * 160 + 2 * CONTEXT];
    try (AudioSource source = new AudioFiles().open("audio-fixtures/speech/austen-0880.flac")) {
      int filled = CONTEXT;
      int count = 0;
      while (filled < samples.length && count >= 0) {
        count = source.read(samples, filled, samples.length - filled);
        filled += Math.max(0, count);
      }
    }

    float[] floats = posteriors(folder, onGpu, samples);
    float[] bytes = posteriors(folder, onCpu, samples);

    assertThat(onGpu).isEqualTo("model-float.onnx");
    assertThat(onCpu).isEqualTo("model.onnx");
    assertThat(floats).hasSize(FRAMES * CLASSES);
    assertThat(bytes).hasSize(FRAMES * CLASSES);
    double divergence = 0;
    for (int i = 0; i < floats.length; i++) {
      divergence += Math.exp(floats[i]) * (floats[i] - bytes[i]) / FRAMES;
    }
    assertThat(divergence).isBetween(0.0, 0.01); // nats a frame; 0 would be the same file
    assertThat(floats).isNotEqualTo(bytes);
  }
}
