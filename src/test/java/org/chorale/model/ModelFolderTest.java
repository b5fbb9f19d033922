package org.chorale.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {

  // SHA-256 of the three letters "abc", from FIPS 180-2.
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir private Path folder;

  private ModelFolder model(String file, String sha256, int bytes) throws IOException {
    Files.writeString(
        folder.resolve("manifest.json"),
        """
        {"name": "m", "version": "1", "task": "g2p", "languages": ["en"], "licence": "CC0-1.0",
         "files": {"%s": {"sha256": "%s", "bytes": %d}}}
        """
            .formatted(file, sha256, bytes));
    return ModelFolder.open(folder);
  }

  @Test
  void whatIsWholeIsHandedOut() throws IOException {
    Files.writeString(folder.resolve("a.bin"), "abc");
    ModelFolder model = model("a.bin", ABC, 3);
    model.verify();
    assertThat(model.read("a.bin")).isEqualTo("abc".getBytes(StandardCharsets.UTF_8));
    assertThat(model.manifest().languages()).containsExactly("en");
  }

  @Test
  void whatIsDamagedIsNot() throws IOException {
    Files.writeString(folder.resolve("a.bin"), "abd");
    ModelFolder model = model("a.bin", ABC, 3);
    assertThatThrownBy(() -> model.read("a.bin"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("a.bin' is damaged");
    assertThatThrownBy(model::verify).isInstanceOf(ModelException.class);
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    ModelFolder model = model("a.bin", ABC, 3);
    assertThatThrownBy(() -> model.read("a.bin"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("a.bin' is missing");
    assertThatThrownBy(() -> model.read("b.bin"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("does not name b.bin");
    assertThatThrownBy(() -> ModelFolder.open(folder.resolve("nowhere")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("There is no model in");
  }

  @Test
  void aManifestStaysInItsFolderAndIsJson() throws IOException {
    assertThatThrownBy(() -> model("../a.bin", ABC, 3))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("outside its folder");
    Files.writeString(folder.resolve("manifest.json"), "{\"name\":");
    assertThatThrownBy(() -> ModelFolder.open(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("not JSON");
    Files.writeString(folder.resolve("manifest.json"), "{\"files\": {}}");
    assertThatThrownBy(() -> ModelFolder.open(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("names no files");
  }

  @Test
  void theModelsOfTheRepositoryAreWhole() throws IOException {
    assertThat(ModelFolder.list(Path.of("models")))
        .extracting(m -> m.manifest().name())
        .contains("speech-v1", "g2p-v1");
    for (ModelFolder model : ModelFolder.list(Path.of("models"))) {
      model.verify();
      assertThat(Files.isRegularFile(model.folder().resolve("MODEL_CARD.md"))).isTrue();
    }
  }
}
