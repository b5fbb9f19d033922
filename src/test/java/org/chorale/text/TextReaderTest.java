package org.chorale.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TextReaderTest {

  @TempDir Path folder;

  @Test
  void keepsPlainTextAsItIs() throws Exception {
    String text = "  Hello,\r\n\r\n\tworld… 👋 \r";

    TextFile file = new TextReader().read(write("a.txt", text.getBytes(StandardCharsets.UTF_8)));

    assertThat(file.text()).isEqualTo(text);
    assertThat(file.format()).isEqualTo(TextFormat.PLAIN);
  }

  static Stream<Arguments> encodings() {
    return Stream.of(
        Arguments.of("UTF-8", "", StandardCharsets.UTF_8),
        Arguments.of("UTF-8 with mark", "EFBBBF", StandardCharsets.UTF_8),
        Arguments.of("UTF-16 little endian", "FFFE", StandardCharsets.UTF_16LE),
        Arguments.of("UTF-16 big endian", "FEFF", StandardCharsets.UTF_16BE),
        Arguments.of("UTF-32 little endian", "FFFE0000", Charset.forName("UTF-32LE")),
        Arguments.of("UTF-32 big endian", "0000FEFF", Charset.forName("UTF-32BE")),
        Arguments.of("windows-1252", "", Charset.forName("windows-1252")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("encodings")
  void tellsEncodings(String name, String mark, Charset charset) throws Exception {
    byte[] start = HexFormat.of().parseHex(mark);
    byte[] body = "déjà vu “ok” €5".getBytes(charset);
    byte[] bytes = new byte[start.length + body.length];
    System.arraycopy(start, 0, bytes, 0, start.length);
    System.arraycopy(body, 0, bytes, start.length, body.length);

    assertThat(new TextReader().read(write("a.txt", bytes)).text()).isEqualTo("déjà vu “ok” €5");
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of("", "is empty"),
        Arguments.of("EFBBBF", "is empty"),
        Arguments.of("20 0A 09", "is empty"),
        Arguments.of("C2A0 0A", "is empty"),
        Arguments.of("49 44 33 00 01", "binary"),
        Arguments.of("FF FB 90 00 00", "binary"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void namesTheFileAndTheWayOut(String hex, String reason) throws Exception {
    Path file = write("broken.txt", HexFormat.of().parseHex(hex.replace(" ", "")));

    assertThatThrownBy(() -> new TextReader().read(file.toString()))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("broken.txt")
        .hasMessageContaining(reason)
        .hasMessageMatching("[^\\n]+\\.");
  }

  @Test
  void refusesWhatIsMissing() {
    assertThatThrownBy(() -> new TextReader().read(folder.resolve("none.txt")))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("none.txt")
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> new TextReader().read("a\0b")).isInstanceOf(TextException.class);
  }

  @Test
  void refusesFolders() {
    assertThatThrownBy(() -> new TextReader().read(folder))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("is a folder");
  }

  @Test
  void refusesWhatIsTooLarge() throws Exception {
    Path file = write("big.txt", new byte[101]);

    assertThatThrownBy(() -> new TextReader(100).read(file))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("larger than 100 bytes");
  }

  @Test
  void refusesStreamsThatFail() {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk on fire");
          }
        };

    assertThatThrownBy(() -> new TextReader().read(failing, "standard input"))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("standard input")
        .hasMessageContaining("disk on fire");
  }

  @Test
  void refusesTextsWithoutSpeakableWords() throws Exception {
    DocumentReader reader = new DocumentReader();
    TextFile file =
        new TextReader()
            .read(
                new ByteArrayInputStream("[Chorus]\n--- ...".getBytes(StandardCharsets.UTF_8)),
                "song.txt");

    assertThatThrownBy(() -> reader.parse(file, "auto"))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("song.txt")
        .hasMessageContaining("no word that can be spoken");
  }

  @Test
  void readsAndParsesWithTheLanguageFound() throws Exception {
    Path file =
        write("a.txt", "Wir haben heute die Sonne gesehen.".getBytes(StandardCharsets.UTF_8));

    Document document = new DocumentReader().read(file.toString(), DocumentReader.AUTO);

    assertThat(document.language()).isEqualTo("de");
    assertThat(document.words()).hasSize(6);
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }
}
