package org.chorale.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.syllable.Syllable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written is read back, each format within its own grid. */
class RoundTripTest {

  /** Half a unit of the grid, seconds, and the milliseconds that a collision may cost. */
  private static final List<Grid> WORD_FORMATS =
      List.of(
          new Grid("json", 0.0005, Missing.KEPT),
          new Grid("csv", 0.0005, Missing.KEPT),
          new Grid("tsv", 0.0005, Missing.KEPT),
          new Grid("ctm", 0.0005, Missing.KEPT),
          new Grid("audacity", 0.0005, Missing.LOST),
          new Grid("textgrid", 0.0005, Missing.LOST),
          new Grid("elan", 0.0005, Missing.KEPT_IN_TIMED_LINES),
          new Grid("vtt", 0.0005, Missing.KEPT),
          new Grid("ttml-apple", 0.0005, Missing.KEPT),
          new Grid("elrc", 0.005, Missing.KEPT),
          new Grid("ass", 0.005, Missing.KEPT),
          new Grid("kar", 0.00027, Missing.KEPT));

  private enum Missing {
    KEPT,
    KEPT_IN_TIMED_LINES,
    LOST
  }

  private record Grid(String format, double half, Missing missing) {}

  static byte[] written(Song song, String format) throws IOException {
    return written(song, format, ExportOptions.standard());
  }

  static byte[] written(Song song, String format, ExportOptions options) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TimedFormats.all().named(format).write(song, options, out);
    return out.toByteArray();
  }

  static Song readBack(Song song, String format) throws IOException {
    return TimedFormats.all().named(format).read(TimedFile.of("song", written(song, format)));
  }

  static List<String> formats() {
    return TimedFormats.all().names();
  }

  private static List<AlignedWord> timed(Song song) {
    return song.alignment().words().stream().filter(AlignedWord::isTimed).toList();
  }

  private static List<String> texts(List<AlignedWord> words) {
    return words.stream().map(AlignedWord::text).toList();
  }

  private static void assertTimes(Song back, Song song, double within) {
    List<AlignedWord> expected = timed(song);
    List<AlignedWord> found = timed(back);
    assertThat(texts(found)).isEqualTo(texts(expected));
    for (int w = 0; w < expected.size(); w++) {
      String what = "word %d, '%s'".formatted(w, expected.get(w).text());
      assertThat(found.get(w).startSeconds())
          .as(what + " start")
          .isCloseTo(expected.get(w).startSeconds(), within(within));
      assertThat(found.get(w).endSeconds())
          .as(what + " end")
          .isCloseTo(expected.get(w).endSeconds(), within(within));
    }
  }

  @Property(tries = 60)
  void wordsAndTheirTimesComeBack(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 40) int words, @ForAll boolean rich)
      throws IOException {
    Song song = RandomSongs.of(new Random(seed), words, 0.05, rich);
    boolean anyTimed = !timed(song).isEmpty();
    for (Grid grid : WORD_FORMATS) {
      Song back = readBack(song, grid.format());
      assertTimes(back, song, grid.half() + 1e-6);
      if (grid.missing() == Missing.KEPT && anyTimed) {
        assertThat(texts(back.alignment().words()))
            .as(grid.format())
            .isEqualTo(texts(song.alignment().words()));
        assertThat(statuses(back)).as(grid.format()).isEqualTo(statuses(song));
      }
      if (grid.missing() == Missing.KEPT_IN_TIMED_LINES) {
        assertThat(texts(back.alignment().words()))
            .isEqualTo(
                texts(
                    song.alignment().words().stream()
                        .filter(w -> song.alignment().lines().get(w.line()).isTimed())
                        .toList()));
      }
    }
  }

  private static List<WordStatus> statuses(Song song) {
    return song.alignment().words().stream().map(AlignedWord::status).toList();
  }

  @Property(tries = 60)
  void linesComeBack(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int words)
      throws IOException {
    Song song = RandomSongs.of(new Random(seed), words, 0.05, false);
    for (String format : List.of("json", "csv", "tsv", "elrc", "ttml-apple", "kar", "lrc")) {
      assertThat(readBack(song, format).alignment().lines().stream().map(AlignedLine::text))
          .as(format)
          .isEqualTo(song.alignment().lines().stream().map(AlignedLine::text).toList());
    }
    List<AlignedLine> timed =
        song.alignment().lines().stream().filter(AlignedLine::isTimed).toList();
    for (String format : timed.isEmpty() ? List.of("elan") : List.of("elan", "ultrastar")) {
      assertThat(readBack(song, format).alignment().lines().stream().map(AlignedLine::text))
          .as(format)
          .isEqualTo(timed.stream().map(AlignedLine::text).toList());
    }
    List<AlignedLine> lrc = readBack(song, "lrc").alignment().lines();
    for (AlignedLine line : timed) {
      assertThat(lrc)
          .anySatisfy(
              found -> {
                assertThat(found.text()).isEqualTo(line.text());
                assertThat(found.startSeconds()).isCloseTo(line.startSeconds(), within(0.0051));
              });
    }
  }

  @Property(tries = 60)
  void cuesComeBack(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int words)
      throws IOException {
    Song song = RandomSongs.of(new Random(seed), words, 0.05, false);
    List<Cue> cues = new CueBuilder().cues(song.alignment());
    for (String format : List.of("srt", "ttml", "vtt")) {
      List<AlignedLine> lines = readBack(song, format).alignment().lines();
      assertThat(lines.stream().map(AlignedLine::text))
          .as(format)
          .isEqualTo(cues.stream().map(c -> c.text().replace('\n', ' ')).toList());
      for (int c = 0; c < cues.size(); c++) {
        assertThat(lines.get(c).startSeconds())
            .isCloseTo(cues.get(c).startSeconds(), within(0.0006));
      }
    }
  }

  @Test
  void anArrowBetweenNumbersIsText() throws IOException {
    Song song = RandomSongs.of(new Random(-1309308370L), 6, 0.05, false);
    List<Cue> cues = new CueBuilder().cues(song.alignment());
    assertThat(cues.stream().map(Cue::text)).contains("1999 --> 1999");
    assertThat(readBack(song, "srt").alignment().lines().stream().map(AlignedLine::text))
        .contains("1999 --> 1999");
  }

  /** Words of 10 ms and longer, many of them back to back, some missing. */
  @Property(tries = 100)
  void ultraStarRoundsByLessThanTwentyMilliseconds(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int words, @ForAll boolean crowded)
      throws IOException {
    Random random = new Random(seed);
    Song song =
        crowded ? RandomSongs.crowded(random, words) : RandomSongs.of(random, words, 0.01, true);
    if (timed(song).isEmpty()) {
      return;
    }
    String text = new String(written(song, "ultrastar"), StandardCharsets.UTF_8);
    double bpm = value(text, "BPM");
    double gap = value(text, "GAP") / 1000;
    List<String> notes = text.lines().filter(l -> l.matches("[:F] .*")).toList();
    List<Object> shown = shown(song);
    long floor = 0;
    int next = 0;
    for (Object piece : shown) {
      String[] fields = notes.get(next++).split(" ", 5);
      long beat = Long.parseLong(fields[1]);
      long beats = Long.parseLong(fields[2]);
      assertThat(beat).isGreaterThanOrEqualTo(floor);
      assertThat(beats).isPositive();
      if (piece instanceof Syllable syllable) {
        assertThat(fields[4].strip()).isEqualTo(syllable.text());
        assertThat(gap + beat * 15 / bpm).isCloseTo(syllable.startSeconds(), within(0.02));
        assertThat(gap + (beat + beats) * 15 / bpm).isCloseTo(syllable.endSeconds(), within(0.02));
      } else {
        assertThat(fields[4].strip()).isEqualTo(piece);
      }
      floor = beat + beats;
    }
    assertThat(notes).hasSize(next);
  }

  /** In the order of the song its syllables and, as one text, the words without times between. */
  private static List<Object> shown(Song song) {
    List<Object> shown = new ArrayList<>();
    for (AlignedLine line : song.alignment().lines()) {
      StringBuilder untimed = new StringBuilder();
      for (int w = line.firstWord();
          line.isTimed() && w < line.firstWord() + line.wordCount();
          w++) {
        AlignedWord word = song.alignment().words().get(w);
        if (!word.isTimed()) {
          untimed.append(untimed.isEmpty() ? "" : " ").append(word.text());
          continue;
        }
        if (!untimed.isEmpty()) {
          shown.add(untimed.toString());
          untimed.setLength(0);
        }
        shown.addAll(song.syllablesOf(w));
      }
      if (!untimed.isEmpty()) {
        shown.add(untimed.toString());
      }
    }
    return shown;
  }

  /** A missing word must not take the time of its neighbours. */
  @Property(tries = 100)
  void wordsWithTimesComeBackFromUltraStarWhereTheyWere(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int words, @ForAll boolean crowded)
      throws IOException {
    Random random = new Random(seed);
    Song song =
        crowded ? RandomSongs.crowded(random, words) : RandomSongs.of(random, words, 0.01, true);
    List<AlignedWord> expected =
        song.alignment().words().stream()
            .filter(w -> song.alignment().lines().get(w.line()).isTimed())
            .toList();
    if (expected.isEmpty()) {
      return;
    }
    List<AlignedWord> found = readBack(song, "ultrastar").alignment().words();
    assertThat(texts(found)).isEqualTo(texts(expected));
    for (int w = 0; w < expected.size(); w++) {
      if (expected.get(w).isTimed()) {
        assertThat(found.get(w).startSeconds())
            .isCloseTo(expected.get(w).startSeconds(), within(0.02));
        assertThat(found.get(w).endSeconds()).isCloseTo(expected.get(w).endSeconds(), within(0.02));
      }
    }
  }

  /**
   * Words of no length at one time: more than one beat each cannot be had, but notes of their own.
   */
  @Test
  void wordsWithoutLengthHaveNotesOfTheirOwnInUltraStar() throws IOException {
    Song song = RandomSongs.atTimes(1, 1, 1, 1, 1, 1, 1, 1, 1.5);
    List<AlignedWord> words = readBack(song, "ultrastar").alignment().words();
    assertThat(words).hasSize(8);
    for (AlignedWord word : words.subList(0, 7)) {
      assertThat(word.startSeconds()).isBetween(1.0, 1.02);
    }
    assertThat(words.get(7).startSeconds()).isBetween(1.0, 1.02);
    assertThat(words.get(7).endSeconds()).isCloseTo(1.5, within(0.02));
  }

  /** As files have it that say more of a line than of its words. */
  @Test
  void aLineWithTimesWhoseWordsHaveNoneIsLeftOutOfUltraStar() throws IOException {
    Song song = RandomSongs.lineWithoutTimedWords();
    assertThat(readBack(song, "ultrastar").alignment().lines().stream().map(AlignedLine::text))
        .containsExactly("sung");
  }

  @Test
  void linesThatOverlapAreVoicesInUltraStar() throws IOException {
    Song song = RandomSongs.duet();
    String text = new String(written(song, "ultrastar"), StandardCharsets.UTF_8);
    assertThat(text.lines().filter(l -> l.matches("#?P\\d.*")))
        .containsExactly("#P1:Voice 1", "#P2:Voice 2", "P1", "P2");
    assertTimes(readBack(song, "ultrastar"), song, 0.02);
  }

  private static double value(String text, String key) {
    String line = text.lines().filter(l -> l.startsWith("#" + key + ":")).findFirst().orElseThrow();
    return Double.parseDouble(line.substring(key.length() + 2));
  }

  @Property(tries = 60)
  void syllablesAndNotesComeBack(@ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int words)
      throws IOException {
    Song song = RandomSongs.of(new Random(seed), words, 0.05, true);
    if (timed(song).isEmpty()) {
      return;
    }
    for (String format : List.of("elrc", "vtt", "ass", "ttml-apple", "kar")) {
      Song back = readBack(song, format);
      for (int w = 0; w < words; w++) {
        assertThat(back.syllablesOf(w).stream().map(Syllable::text))
            .as(format)
            .isEqualTo(song.syllablesOf(w).stream().map(Syllable::text).toList());
      }
    }
    Song kar = readBack(song, "kar");
    for (int w = 0; kar.hasNotes() && w < words; w++) {
      for (int s = 0; s < song.syllablesOf(w).size(); s++) {
        boolean sung = song.note(w, s).orElseThrow().sung();
        assertThat(kar.note(w, s).orElseThrow().sung()).isEqualTo(sung);
        if (sung) {
          assertThat(kar.note(w, s)).isEqualTo(song.note(w, s));
        }
      }
    }
  }

  @Property(tries = 60)
  void ultraStarKeepsNotesOfWordsThatHaveTimes(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int words) throws IOException {
    Song song = allFound(RandomSongs.of(new Random(seed), words, 0.05, true));
    if (song.alignment().words().isEmpty()) {
      return;
    }
    Song back = readBack(song, "ultrastar");
    assertThat(texts(back.alignment().words())).isEqualTo(texts(song.alignment().words()));
    boolean melody =
        song.notes().stream().flatMap(List::stream).anyMatch(n -> n.sung() || n.midi() != 60);
    if (melody) {
      assertThat(back.notes()).isEqualTo(song.notes());
    }
  }

  /** The words that have times; each a line of its own. */
  private static Song allFound(Song song) {
    List<Integer> kept =
        IntStream.range(0, song.alignment().words().size())
            .filter(w -> song.alignment().words().get(w).isTimed())
            .boxed()
            .toList();
    List<AlignedWord> words = new ArrayList<>();
    List<AlignedLine> lines = new ArrayList<>();
    for (int w : kept) {
      AlignedWord word = song.alignment().words().get(w);
      lines.add(
          new AlignedLine(word.text(), words.size(), 1, word.startSeconds(), word.endSeconds(), 1));
      words.add(word);
    }
    Alignment alignment =
        new Alignment(song.alignment().audio(), "en", "lyrics", "m", 1, Verdict.OK, lines, words);
    return new Song(
        alignment,
        kept.stream().map(song.syllables()::get).toList(),
        kept.stream().map(song.notes()::get).toList());
  }

  @Property(tries = 60)
  void everyFormatWritesAnythingAndReadsWhatItWrote(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 40) int words, @ForAll boolean rich)
      throws IOException {
    Song song = RandomSongs.of(new Random(seed), words, 0, rich);
    for (String format : formats()) {
      TimedFile file = TimedFile.of("song", written(song, format));
      if (!timed(song).isEmpty()) {
        // The two kinds of TTML and of tables are told apart; the enhanced LRC is, too.
        assertThat(TimedFormats.all().of(file).name()).as(format).isEqualTo(format);
        Song back = TimedFormats.all().named(format).read(file);
        assertThat(back.alignment().words()).as(format).isNotEmpty();
      }
    }
  }

  @Property(tries = 60)
  void centisecondsOfKaraokeAddUpToTheEvent(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int words, @ForAll boolean rich)
      throws IOException {
    Song song = RandomSongs.of(new Random(seed), words, 0, rich);
    String text = new String(written(song, "ass"), StandardCharsets.UTF_8);
    long[] floor = new long[2];
    List<String> events = text.lines().filter(l -> l.startsWith("Dialogue:")).toList();
    for (int e = 0; e < events.size(); e++) {
      String[] fields = events.get(e).split(",", 10);
      long start = Math.round(Times.parseClock(fields[1]).orElseThrow() * 100);
      long end = Math.round(Times.parseClock(fields[2]).orElseThrow() * 100);
      long sum =
          Pattern.compile("\\{\\\\kf?(\\d+)\\}")
              .matcher(fields[9])
              .results()
              .mapToLong(m -> Long.parseLong(m.group(1)))
              .sum();
      assertThat(sum).as(events.get(e)).isEqualTo(end - start);
      // No two rows are in one place at a time.
      assertThat(start).as(events.get(e)).isGreaterThanOrEqualTo(floor[e % 2]);
      floor[e % 2] = end;
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void aSongWithoutWordsIsWrittenAndReadOrRefused(String format) throws IOException {
    Song empty =
        Song.of(
            new Alignment(
                new Alignment.Audio("a.wav", 1, 16_000, 1),
                "en",
                "speech",
                "m",
                1,
                Verdict.OK,
                List.of(),
                List.of()));
    TimedFile file = TimedFile.of("song", written(empty, format));
    try {
      assertThat(TimedFormats.all().named(format).read(file).alignment().words()).isEmpty();
    } catch (FormatException e) {
      assertThat(format).isEqualTo("ultrastar");
      assertThat(e)
          .hasMessage("'song' holds no notes; an UltraStar song has lines such as ': 0 4 7 la'.");
    }
  }

  @Test
  void whatXmlCannotHoldIsReplaced() throws IOException {
    Song song = oneWord("a\u0001b");
    for (String format : List.of("ttml", "ttml-apple", "elan")) {
      assertThat(readBack(song, format).alignment().words().get(0).text()).isEqualTo("a\uFFFDb");
    }
  }

  static Song oneWord(String text) {
    return Song.of(
        new Alignment(
            new Alignment.Audio("a.wav", 3, 16_000, 1),
            "en",
            "speech",
            "m",
            1,
            Verdict.OK,
            List.of(new AlignedLine(text, 0, 1, 1, 2, 1)),
            List.of(
                new AlignedWord(
                    text, 0, text.length(), 0, WordStatus.ALIGNED, 1, 2, 1, List.of()))));
  }

  @Test
  void otherEncodingsAreWrittenAndReadBack() throws IOException {
    Song song = oneWord("schläfst");
    for (String charset : List.of("UTF-16", "UTF-16LE", "windows-1252")) {
      ExportOptions options = ExportOptions.standard().withEncoding(Charset.forName(charset));
      for (String format :
          List.of("textgrid", "srt", "lrc", "elrc", "csv", "tsv", "ctm", "audacity", "ass")) {
        TimedFile file = TimedFile.of("song", written(song, format, options));
        assertThat(TimedFormats.all().of(file).read(file).alignment().words().get(0).text())
            .as(format + " in " + charset)
            .isEqualTo("schläfst");
      }
    }
    for (String format : List.of("ultrastar", "kar")) {
      ExportOptions options =
          ExportOptions.standard().withEncoding(Charset.forName("windows-1252"));
      TimedFile file = TimedFile.of("song", written(song, format, options));
      assertThat(TimedFormats.all().of(file).read(file).alignment().words().get(0).text())
          .isEqualTo("schläfst");
    }
  }
}
