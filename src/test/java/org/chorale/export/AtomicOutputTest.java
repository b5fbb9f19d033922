package org.chorale.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicOutputTest {

  @TempDir private Path folder;

  @Test
  void aFileAppearsWholeAndItsFoldersWithIt() throws IOException {
    Path file = folder.resolve("a/b/out.txt");
    AtomicOutput.write(file, out -> out.write("né"));
    assertThat(file).hasContent("né");
    AtomicOutput.write(file, out -> out.write("again"));
    assertThat(file).hasContent("again");
  }

  @Test
  void afterAnErrorTheOldFileIsThereAndNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("out.txt"), "old");
    assertThatThrownBy(
            () ->
                AtomicOutput.write(
                    file,
                    out -> {
                      out.write("half of the n");
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("out.txt' cannot be written (No space left on device)");
    assertThat(file).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("out.txt");
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path file = Files.writeString(folder.resolve("out.txt"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.txt"), file);
    AtomicOutput.write(link, out -> out.write("new"));
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(file).hasContent("new");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDeviceIsWrittenAndStaysADevice() throws IOException {
    AtomicOutput.write(Path.of("/dev/null"), out -> out.write("x"));
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    assertThatThrownBy(() -> AtomicOutput.write(Path.of("/dev/full"), out -> out.write("x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'/dev/full' cannot be written (No space left on device)");
    assertThat(Files.isRegularFile(Path.of("/dev/full"))).isFalse();
  }

  @Test
  void aFolderThatIsAFileIsAnError() throws IOException {
    Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(
            () -> AtomicOutput.write(folder.resolve("file/out.txt"), out -> out.write("x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be written");
  }
}
