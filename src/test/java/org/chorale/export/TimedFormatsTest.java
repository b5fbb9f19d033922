package org.chorale.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every format against a file that was checked by eye and by its own readers. */
class TimedFormatsTest {

  static final Alignment SONG =
      new Alignment(
          new Alignment.Audio("dir/song \"1\".mp3", 3661.5, 44_100, 2),
          "en",
          "speech",
          "speech-v1",
          0.8765,
          Verdict.OK,
          List.of(
              new AlignedLine("Rock & <roll>, \"now\"", 0, 4, 0.5, 2.2504, 0.9),
              new AlignedLine("[Chorus]", 4, 1, 2.2504, 3.0, 1),
              new AlignedLine("never heard", 5, 2, Double.NaN, Double.NaN, 0),
              new AlignedLine(
                  "A line that is by far too long to be read in one row, and so it is cut in two.",
                  7,
                  21,
                  3600.0,
                  3661.4,
                  0.7)),
          words());

  private static List<AlignedWord> words() {
    List<AlignedWord> words =
        new ArrayList<>(
            List.of(
                new AlignedWord(
                    "Rock",
                    0,
                    4,
                    0,
                    WordStatus.ALIGNED,
                    0.5,
                    0.9996,
                    0.99,
                    List.of(
                        new AlignedPhone("ɹ", 0.5, 0.6, 0.9),
                        new AlignedPhone("ɑ", 0.6, 0.8, 0.8),
                        new AlignedPhone("k", 0.8, 0.9996, 0.7))),
                word("&", 5, 0, WordStatus.INTERPOLATED, 0.9996, 1.2, 1),
                word("<roll>,", 7, 0, WordStatus.ALIGNED, 1.2, 1.8, 0.95),
                word("\"now\"", 15, 0, WordStatus.ALIGNED, 1.8, 2.2504, 0.9),
                word("[Chorus]", 21, 1, WordStatus.INTERPOLATED, 2.2504, 3.0, 1),
                word("never", 30, 2, WordStatus.MISSING, Double.NaN, Double.NaN, 0),
                word("heard", 36, 2, WordStatus.MISSING, Double.NaN, Double.NaN, 0)));
    String line = "A line that is by far too long to be read in one row, and so it is cut in two.";
    int at = 42;
    int k = 0;
    for (String text : line.split(" ")) {
      double start = k < 10 ? 3600 + 0.3 * k : 3650 + 0.3 * k;
      words.add(word(text, at, 3, WordStatus.ALIGNED, start, start + 0.25, 0.7));
      at += text.length() + 1;
      k++;
    }
    return words;
  }

  private static AlignedWord word(
      String text,
      int charStart,
      int line,
      WordStatus status,
      double start,
      double end,
      double confidence) {
    return new AlignedWord(
        text,
        charStart,
        charStart + text.length(),
        line,
        status,
        start,
        end,
        confidence,
        List.of());
  }

  private static String golden(String name) throws IOException {
    try (InputStream in = TimedFormatsTest.class.getResourceAsStream("/golden/" + name)) {
      assertThat(in).as("golden/" + name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String written(String format, boolean phones) throws IOException {
    ExportOptions options = ExportOptions.standard().withPhones(phones);
    return new String(
        RoundTripTest.written(Song.of(SONG), format, options), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "json, false, song.json",
    "json, true, song-phones.json",
    "srt, false, song.srt",
    "vtt, false, song.vtt",
    "lrc, false, song.lrc",
    "textgrid, false, song.TextGrid",
    "textgrid, true, song-phones.TextGrid",
    "csv, false, song.csv",
    "tsv, false, song.tsv",
    "elrc, false, song-words.lrc",
    "ass, false, song.ass",
    "ttml, false, song.ttml",
    "ttml-apple, false, song-apple.ttml",
    "ultrastar, false, song-ultrastar.txt",
    "ctm, false, song.ctm",
    "ctm, true, song-phones.ctm",
    "audacity, false, song-audacity.txt",
    "elan, false, song.eaf",
    "elan, true, song-phones.eaf"
  })
  void everyFormatIsAsItsGoldenFile(String format, boolean phones, String file) throws IOException {
    assertThat(written(format, phones)).isEqualTo(golden(file));
  }

  @Test
  void karIsAsItsGoldenFile() throws IOException {
    try (InputStream in = TimedFormatsTest.class.getResourceAsStream("/golden/song.kar")) {
      assertThat(RoundTripTest.written(Song.of(SONG), "kar")).isEqualTo(in.readAllBytes());
    }
  }

  @Test
  void jsonIsReadBack() throws IOException {
    Alignment back = new AlignmentJsonReader().parse(written("json", true), "golden");
    byte[] again =
        RoundTripTest.written(Song.of(back), "json", ExportOptions.standard().withPhones(true));
    assertThat(new String(again, StandardCharsets.UTF_8)).isEqualTo(written("json", true));
    assertThat(back.words()).hasSameSizeAs(SONG.words());
    assertThat(back.words().get(5).isTimed()).isFalse();
    assertThat(back.words().get(0).phones()).hasSize(3);
  }

  @Test
  void jsonThatIsNoAlignmentIsRefused() {
    AlignmentJsonReader reader = new AlignmentJsonReader();
    assertThatThrownBy(() -> reader.parse("{", "a.json")).hasMessageContaining("'a.json' is not");
    assertThatThrownBy(() -> reader.parse("{\"version\": 2}", "a.json"))
        .hasMessageContaining("version is not 1");
    assertThatThrownBy(() -> reader.parse("{\"version\": 1}", "a.json"))
        .hasMessageContaining("'audio' is missing");
    assertThatThrownBy(() -> reader.read(Path.of("nowhere.json")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("There is no alignment 'nowhere.json'");
  }

  @Test
  void anUnknownFormatNamesTheKnown() {
    assertThatThrownBy(() -> TimedFormats.all().named("docx"))
        .hasMessageContaining("'docx'")
        .hasMessageContaining("ass, audacity, csv, ctm, elan, elrc, json, kar, lrc");
  }
}
