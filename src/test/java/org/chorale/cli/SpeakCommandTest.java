package org.chorale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.SpeechOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code speak} and {@code tokens}. */
class SpeakCommandTest {

  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    out.reset();
    err.reset();
    return Main.run(
        new Environment(
            Path.of("."),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false),
        args);
  }

  private static double seconds(Path file) throws IOException {
    try (AudioSource source = new AudioFiles().open(file.toString())) {
      float[] block = new float[8000];
      long total = 0;
      int count;
      while ((count = source.read(block, 0, block.length)) > 0) {
        total += count;
      }
      return total / 16_000.0;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"wav", "flac", "mp3", "opus"})
  void writesEveryFormat(String ending) throws IOException {
    Path file = folder.resolve("out." + ending);
    Path words = folder.resolve("words.json");
    assertThat(run("speak", "One, two, three.", "-o", file.toString(), "--words", words.toString()))
        .as(err.toString(StandardCharsets.UTF_8))
        .isZero();
    JsonNode json = new ObjectMapper().readTree(words.toFile());
    assertThat(seconds(file)).isCloseTo(json.at("/audio/duration").asDouble(), within(0.1));
    assertThat(json.path("language").asText()).isEqualTo("en");
    assertThat(json.path("words")).hasSize(3);
    assertThat(json.at("/words/1/text").asText()).isEqualTo("two,");
    assertThat(json.at("/words/1/start").asDouble())
        .isGreaterThanOrEqualTo(json.at("/words/0/end").asDouble());
    assertThat(json.at("/words/2/end").asDouble())
        .isLessThan(json.at("/audio/duration").asDouble());
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2); // nothing is left beside
    }
  }

  @Test
  void standardOutputIsAStreamOfWav() throws IOException {
    Path file = folder.resolve("same.wav");
    assertThat(run("speak", "Good day.", "-l", "en", "-o", "-")).isZero();
    byte[] streamed = out.toByteArray();
    assertThat(run("speak", "Good day.", "-l", "en", "-o", file.toString())).isZero();
    byte[] written = Files.readAllBytes(file);
    assertThat(streamed).hasSameSizeAs(written).startsWith('R', 'I', 'F', 'F');
    assertThat(java.util.Arrays.copyOfRange(streamed, 44, streamed.length))
        .isEqualTo(java.util.Arrays.copyOfRange(written, 44, written.length));
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    String wav = folder.resolve("a.wav").toString();
    String empty = Files.createFile(folder.resolve("empty.txt")).toString();
    Path silence = folder.resolve("silence.wav");
    try (SpeechOutput out = SpeechOutput.to(silence.toString(), silence, 16_000)) {
      out.write(new float[48_000]);
      out.finish();
    }
    assertFails(2, "aiff", "speak", "Hello", "-o", "x.aiff");
    assertFails(2, "--rate", "speak", "Hello", "-o", wav, "--rate", "9");
    assertFails(2, "cathy", "speak", "Hello", "-o", wav, "--voice", "nobody");
    assertFails(2, "--method", "speak", "Hello", "-o", wav, "--method", "x");
    assertFails(2, "--words", "speak", "Hello", "-o", wav, "--words", "-");
    assertFails(4, "missing.txt", "speak", "missing.txt", "-o", wav);
    assertFails(4, "empty.txt", "speak", empty, "-o", wav);
    assertFails(4, "text given", "speak", "", "-o", wav);
    assertFails(4, "text given", "speak", "...", "-o", wav, "-l", "en");
    assertFails(3, "missing.wav", "speak", "Hello", "-o", wav, "--reference", "missing.wav");
    assertFails(3, "silence", "speak", "Hello", "-o", wav, "--reference", silence.toString());
    assertThat(Path.of(wav)).doesNotExist();
  }

  /** One sentence says what is wrong, and another one where to read on when it is the usage. */
  private void assertFails(int code, String said, String... args) {
    assertThat(run(args)).isEqualTo(code);
    String[] lines = err.toString(StandardCharsets.UTF_8).strip().split("\n");
    assertThat(lines)
        .hasSize(code == Main.USAGE ? 2 : 1)
        .allMatch(line -> line.startsWith("chorale: "));
    assertThat(lines[0]).contains(said);
  }

  @Test
  void tokensWithATextComeByItsWords() throws IOException {
    assertThat(
            run(
                "tokens",
                "audio-fixtures/speech/austen-0880.flac",
                "audio-fixtures/speech/austen-0880.txt",
                "-l",
                "en"))
        .as(err.toString(StandardCharsets.UTF_8))
        .isZero();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).strip().split("\n")) {
      lines.add(new ObjectMapper().readTree(line));
    }
    int next = 0;
    int word = 0;
    for (JsonNode line : lines) {
      assertThat(line.path("first").asInt()).isEqualTo(next);
      next += line.path("tokens").size();
      if (line.has("word")) {
        assertThat(line.path("word").asInt()).isEqualTo(word++);
        assertThat(line.path("embedding")).hasSize(40);
      }
    }
    String text = Files.readString(Path.of("audio-fixtures/speech/austen-0880.txt"));
    assertThat(word).isEqualTo(text.strip().split("\\s+").length);
    assertThat(next)
        .isEqualTo((int) (seconds(Path.of("audio-fixtures/speech/austen-0880.flac")) * 50));
  }

  @Test
  void tokensAsNumPyArchive() throws IOException {
    Path file = folder.resolve("tokens.npz");
    assertThat(run("tokens", "audio-fixtures/speech/austen-0880.flac", "-o", file.toString()))
        .isZero();
    try (ZipInputStream zip =
        new ZipInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      ZipEntry entry = zip.getNextEntry();
      assertThat(entry.getName()).isEqualTo("tokens.npy");
      byte[] array = zip.readAllBytes();
      int header = 10 + (array[8] & 0xFF) + 256 * (array[9] & 0xFF);
      assertThat(header % 64).isZero();
      assertThat(new String(array, 1, 5, StandardCharsets.US_ASCII)).isEqualTo("NUMPY");
      int tokens = (int) (seconds(Path.of("audio-fixtures/speech/austen-0880.flac")) * 50);
      assertThat(array.length - header).isEqualTo(2 * tokens);
      assertThat(zip.getNextEntry()).isNull();
    }
  }
}
