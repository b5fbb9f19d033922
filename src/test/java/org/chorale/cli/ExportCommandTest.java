package org.chorale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.chorale.export.TimedFormats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code chorale export}: from any format to any other. */
class ExportCommandTest {

  private static final String SONG = "src/test/resources/golden/song.json";

  @TempDir private Path folder;

  private record Run(int code, String out, String err) {}

  private static Run run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Environment environment =
        new Environment(
            Path.of("."),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false);
    int code = Main.run(environment, args);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void jsonBecomesWhatAlignWouldHaveWritten() throws IOException {
    Run run = run("export", SONG, "-f", "srt", "--subtitles", "none");
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo(Files.readString(Path.of("src/test/resources/golden/song.srt")));
    assertThat(run("export", "src/test/resources/golden/song-phones.json", "-f", "ctm", "--phones"))
        .satisfies(r -> assertThat(r.out()).contains(" 1 0.500 0.100 ɹ "));
  }

  @Test
  void everyFormatAtOnceHasItsFileAndIsReadAgain() throws IOException {
    List<String> names = TimedFormats.all().names();
    Run run = run("export", SONG, "-f", String.join(",", names), "-o", folder + "/");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(folder.toFile().list())
        .hasSize(names.size())
        .contains(
            "song.json",
            "song.lrc",
            "song.elrc.lrc",
            "song.ttml",
            "song.ttml-apple.ttml",
            "song.ultrastar.txt",
            "song.audacity.txt",
            "song.kar",
            "song.eaf");
    for (String file : folder.toFile().list()) {
      Run again = run("export", folder.resolve(file).toString(), "-f", "json");
      assertThat(again.code()).as(file + again.err()).isZero();
      assertThat(again.out()).as(file).contains("<roll>");
    }
  }

  @Test
  void theFormatCanBeNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("x"), "[00:01.00]<00:01.00>Hi <00:02.00>you");
    assertThat(run("export", file.toString(), "-f", "csv").out()).contains("aligned");
    assertThat(run("export", file.toString(), "-f", "csv", "--from", "lrc").out())
        .contains("interpolated");
    assertThat(run("export", file.toString(), "-f", "csv", "--from", "docx").code()).isEqualTo(2);
  }

  @Test
  void whatCannotBeReadIsABadText() throws IOException {
    Path lyrics = Files.writeString(folder.resolve("lyrics.txt"), "No times at all\n");
    Run run = run("export", lyrics.toString(), "-f", "srt");
    assertThat(run.code()).isEqualTo(Main.BAD_TEXT);
    assertThat(run.err()).contains("lyrics.txt' is in no format that is known by its content");
    Path empty = Files.writeString(folder.resolve("empty.vtt"), "WEBVTT\n");
    assertThat(run("export", empty.toString(), "-f", "srt").err()).contains("holds no words");
    assertThat(run("export", folder.resolve("no.json").toString(), "-f", "srt").code())
        .isEqualTo(Main.BAD_TEXT);
    assertThat(run("export", SONG, "-f", "srt,vtt").code()).isEqualTo(Main.USAGE);
    assertThat(run("export", SONG, "-f", "srt", "--min-confidence", "7").code())
        .isEqualTo(Main.USAGE);
  }

  @Test
  void subtitlesKeepToTheRulesThatAreNamed() throws IOException {
    Path fast = Files.writeString(folder.resolve("fast.ctm"), fast());
    Run run = run("export", fast.toString(), "-f", "srt", "--subtitles", "bbc");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("-->");
    assertThat(run.err())
        .contains("no room to keep all rules of 'bbc'")
        .contains("words a minute; the limit is 180");
    assertThat(run("export", fast.toString(), "-f", "csv", "--subtitles", "bbc").err()).isEmpty();
    assertThat(run("export", fast.toString(), "-f", "srt", "--subtitles", "bbc", "--quiet").err())
        .isEmpty();
    Run unknown = run("export", SONG, "-f", "srt", "--subtitles", "itv");
    assertThat(unknown.code()).isEqualTo(Main.USAGE);
    assertThat(unknown.err()).contains("there are netflix, bbc, ted, karaoke, none");
  }

  /** Six words a second for a minute. */
  private static String fast() {
    StringBuilder words = new StringBuilder();
    for (int w = 0; w < 360; w++) {
      words.append(String.format(Locale.ROOT, "a 1 %.3f 0.160 word%n", 1 + w / 6.0));
    }
    return words.toString();
  }

  @Test
  void singersGetSyllablesAndTheMelodyOfTheRecording() throws IOException {
    Path words =
        Files.writeString(
            folder.resolve("words.ctm"), "a 1 0.1 0.8 over\na 1 1 0.4 and\na 1 1.4 0.5 the\n");
    Run run = run("export", words.toString(), "-f", "elrc");
    assertThat(run.out()).contains("<00:00.10>o<").contains(">ver").contains(">and ");
    run = run("export", words.toString(), "-f", "ultrastar");
    assertThat(run.err()).contains("so the notes have no pitch; name it with --audio");
    assertThat(run.out()).contains("F 0 ");
    Path tone = folder.resolve("tone.wav");
    Files.write(tone, ToneWav.of(2, 293.66));
    run = run("export", words.toString(), "-f", "ultrastar", "--audio", tone.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines().filter(l -> l.matches(": \\d+ \\d+ 2 .*"))).hasSize(4); // D4
    assertThat(run.out().lines().filter(l -> l.startsWith("F "))).isEmpty();
  }

  @Test
  void unsureWordsAreGivenAsMissing() {
    Run run = run("export", SONG, "-f", "csv", "--min-confidence", "0.92");
    assertThat(run.out()).contains("Rock,0.500,").contains("\"\"\"now\"\"\",,,0.900,missing");
  }
}
