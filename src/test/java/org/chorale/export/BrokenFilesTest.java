package org.chorale.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.chorale.align.AlignedLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are not what they should be. */
class BrokenFilesTest {

  private static final List<String> SCRAPS =
      List.of(
          "99999999999",
          "-1",
          "NaN",
          "1e999",
          "\"",
          "<",
          ">",
          "{",
          "}",
          "[",
          "]",
          "\\",
          "\0",
          "\uFFFF",
          "\r",
          "\n\n",
          "\t",
          ",",
          ":",
          "-->",
          "<p>",
          "<exists>",
          "{\\k9999999999}");

  private static Song read(String format, String content) throws IOException {
    return TimedFormats.all().named(format).read(file(content));
  }

  private static TimedFile file(String content) {
    return TimedFile.of("x", content.getBytes(StandardCharsets.UTF_8));
  }

  /** A file with bytes lost, doubled, changed or put in. */
  private static byte[] damaged(Random random, byte[] whole) {
    byte[] bytes = whole;
    for (int n = 1 + random.nextInt(4); n > 0 && bytes.length > 1; n--) {
      int at = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, at + random.nextInt(40));
      byte[] between =
          switch (random.nextInt(4)) {
            case 0 -> new byte[0];
            case 1 -> new byte[] {(byte) random.nextInt(256)};
            case 2 -> Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 200));
            default -> SCRAPS.get(random.nextInt(SCRAPS.size())).getBytes(StandardCharsets.UTF_8);
          };
      byte[] out = Arrays.copyOf(bytes, at + between.length + bytes.length - to);
      System.arraycopy(between, 0, out, at, between.length);
      System.arraycopy(bytes, to, out, at + between.length, bytes.length - to);
      bytes = out;
    }
    return random.nextInt(5) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
  }

  @Property(tries = 150)
  void damageIsReadAroundOrToldInOneSentence(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    Song song = RandomSongs.of(random, 12, 0.05, true);
    for (String name : TimedFormats.all().names()) {
      TimedFile file = TimedFile.of("x", damaged(random, RoundTripTest.written(song, name)));
      try {
        TimedFormats.all().of(file);
      } catch (FormatException e) {
        assertThat(e.getMessage()).startsWith("'x' is in no format");
      }
      try {
        Song read = TimedFormats.all().named(name).read(file);
        // What was read is sound: it can be written.
        RoundTripTest.written(read, "ass");
        RoundTripTest.written(read, "ultrastar");
        RoundTripTest.written(read, "textgrid");
      } catch (FormatException e) {
        assertThat(e.getMessage()).contains("'x'").hasLineCount(1);
      } catch (RuntimeException e) {
        fail("%s with seed %d".formatted(name, seed), e);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "json | {} | 'x' is not an alignment written by Chorale: its version is not 1.",
        "vtt | 00:01.000 --> 00:02.000 | Line 1 of 'x': a WebVTT file begins with WEBVTT.",
        "ass | [Events]%nDialogue: 0,0:00 | Line 2 of 'x': the event has 2 of 10 fields.",
        "ass | [Events]%nDialogue: 0,a,b,,,,,,,c | Line 2 of 'x': 'a' is no time.",
        "ttml | <tt><body><p begin='x'>a</p></body></tt> | Line 1 of 'x': begin=\"x\" is no time.",
        "ttml | <html/> | Line 1 of 'x': <html> is no TTML document.",
        "elan | <tt/> | Line 1 of 'x': <tt> is no ELAN document.",
        "ultrastar | #TITLE:a%n: 0 1 2 la | 'x' has no #BPM above 0; without it its beats have no times.",
        "textgrid | File type = \"ooTextFile\"%n\"TextGrid\"%n0%nx | Line 4 of 'x': the file ends where a number should stand.",
        "csv | a,b%n1,2 | Line 1 of 'x': the header names no columns 'word', 'start' and 'end', parted by commas.",
        "csv | word,start,end%na,1,x | Line 2 of 'x': '1' to 'x' are no seconds.",
        "ctm | a 1 0.1 | Line 1 of 'x': 'a 1 0.1' is not RECORDING CHANNEL START DURATION WORD.",
        "audacity | hello | Line 1 of 'x': 'hello' is not START, END and a label by tabs.",
        "audacity | 1%t99999999%thi | 'x' has 'hi' from 1.0 to 9.9999999E7 s, which is no time in a recording."
      })
  void messagesNameTheLineAndWhatIsWrong(String format, String content, String message) {
    String text = content.replace("%n", "\n").replace("%t", "\t");
    assertThatThrownBy(() -> read(format, text))
        .isInstanceOf(FormatException.class)
        .hasMessage(message);
  }

  @Test
  void xmlReadsNothingFromOutsideAndIsNotBlownUp() {
    String outside =
        "<!DOCTYPE tt [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><tt><body><p begin='1s'>&x;</p></body></tt>";
    assertThatThrownBy(() -> read("ttml", outside)).isInstanceOf(FormatException.class);
    String deep = "<tt>" + "<div>".repeat(100_000);
    assertThatThrownBy(() -> read("ttml", deep)).hasMessageContaining("nested more than 500 deep");
  }

  @Test
  void whatHasNoFormatAndWhatIsNotThereIsTold() {
    assertThatThrownBy(() -> TimedFormats.all().of(file("Just some lyrics")))
        .hasMessageStartingWith("'x' is in no format that is known by its content; name it with");
    assertThatThrownBy(() -> TimedFile.read(Path.of("nowhere.srt"), Optional.empty()))
        .hasMessage("There is no file 'nowhere.srt'; check the path.");
    assertThatThrownBy(() -> TimedFile.read(Path.of("src"), Optional.empty()))
        .hasMessage("'src' is a folder; name a file inside it.");
  }

  @Test
  void carelessSubtitlesAreRead() throws IOException {
    String careless =
        "\n\n00:00:01 --> 00:00:02:500\n<i>One</i> {\\an8}two\n\nstill it\n2\n0:3,0 --> 0:4,0\nThree";
    assertThat(read("srt", careless).alignment().lines().stream().map(AlignedLine::text))
        .containsExactly("One two still it", "Three");
  }

  @Test
  void lrcTagsAndRepeatedTimesAreUnderstood() throws IOException {
    Song song =
        read(
            "lrc",
            "[offset:+500]\n[la:de]\n[00:20.5][00:10.50]Wieder\n[ar:x]\nno time\n[00:15]Und");
    assertThat(song.alignment().language()).isEqualTo("de");
    assertThat(song.alignment().lines().stream().map(AlignedLine::text))
        .containsExactly("Wieder", "Und", "Wieder");
    assertThat(song.alignment().lines().stream().map(AlignedLine::startSeconds))
        .containsExactly(10.0, 14.5, 20.0);
  }

  @Test
  void tablesOfOthersAreRead() throws IOException {
    Song song = read("tsv", "start_s\tend_s\tword\n1,5\t2\tOne.\n2\t3\tTwo\n\n9\t10\tThree\n");
    assertThat(song.alignment().lines().stream().map(AlignedLine::text))
        .containsExactly("One.", "Two", "Three");
    assertThat(
            read("csv", "word,start,end\r\n\"a,\"\"b\",1,2\r\n").alignment().words().get(0).text())
        .isEqualTo("a,\"b");
  }
}
