package org.chorale.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.chorale.model.ModelException;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.junit.jupiter.api.Test;

/**
 * What becomes of {@code --device} on a machine without a GPU, with either build of the runtime.
 */
class OrtRuntimeTest {

  private static final Path PROBE = Path.of("src/main/resources/org/chorale/onnx/probe.onnx");

  private static boolean gpu() {
    return Files.exists(Path.of("/dev/nvidia0"));
  }

  private static float twice(OnnxSession session, float value) {
    return session.run(Map.of("a", new FloatTensor(new float[] {value}, new long[] {1})), "b")
        .values()[0];
  }

  @Test
  void cudaThatIsNotThereIsAnErrorThatNamesTheWayOut() {
    assumeFalse(gpu());
    OrtRuntime runtime = new OrtRuntime(1, Device.parse("cuda:3"));
    assertThatThrownBy(() -> runtime.open(PROBE))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("cuda:3")
        .hasMessageContaining("use --device cpu")
        .message()
        .satisfies(m -> assertThat(m.lines()).hasSize(1))
        .doesNotContain("Error code");
  }

  @Test
  void autoFallsBackToTheCpu() throws Exception {
    assumeFalse(gpu());
    OrtRuntime runtime = new OrtRuntime(1, Device.parse("auto"));
    try (OnnxSession session = runtime.open(PROBE)) {
      assertThat(twice(session, 21)).isEqualTo(42);
      assertThat(session.batchSize("a")).isEqualTo(1);
    }
    try (OnnxSession session = runtime.open("probe", Files.readAllBytes(PROBE))) {
      assertThat(twice(session, 1)).isEqualTo(2);
    }
  }

  @Test
  void theBatchBelongsToTheProvider() {
    assertThat(ExecutionProvider.CPU.batchSize()).isEqualTo(1);
    assertThat(ExecutionProvider.CUDA.batchSize()).isBetween(8, 32);
  }

  @Test
  void whatTheModelRefusesIsAnErrorOfItsDescription() throws Exception {
    try (OnnxSession session = new OrtRuntime(1, Device.cpu()).open(PROBE)) {
      Map<String, FloatTensor> square =
          Map.of("a", new FloatTensor(new float[4], new long[] {2, 2}));
      assertThatThrownBy(() -> session.runForeign(square, "b"))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("probe.onnx' refuses its input")
          .hasMessageContaining("manifest.json");
      assertThatThrownBy(() -> session.run(square, "b")).isInstanceOf(IllegalStateException.class);
    }
  }
}
