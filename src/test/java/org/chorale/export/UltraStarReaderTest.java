package org.chorale.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.junit.jupiter.api.Test;

/** What other programs write and we do not. */
class UltraStarReaderTest {

  private static Song read(String... rows) throws IOException {
    byte[] bytes = String.join("\n", rows).getBytes(StandardCharsets.UTF_8);
    return TimedFormats.all().named("ultrastar").read(TimedFile.of("song.txt", bytes));
  }

  private static List<String> lines(Song song) {
    return song.alignment().lines().stream().map(AlignedLine::text).toList();
  }

  private static void assertStarts(Song song, double... seconds) {
    List<AlignedWord> words = song.alignment().words();
    assertThat(words).hasSize(seconds.length);
    for (int w = 0; w < seconds.length; w++) {
      assertThat(words.get(w).startSeconds())
          .as(words.get(w).text())
          .isCloseTo(seconds[w], within(1e-9));
    }
  }

  @Test
  void theTempoMayChangeInTheMiddle() throws IOException {
    // 0.1 s a beat, from the tenth on 0.05 s, from the thirtieth on 0.2 s.
    Song song =
        read(
            "#BPM:150",
            "#GAP:2000",
            ": 0 4 0 one",
            "B 10 300",
            ": 8 4 0  two",
            "- 12",
            ": 20 4 0 three",
            "B 30,0 75",
            ": 30 1 0  four",
            ": 31 2 0  five",
            "E");
    assertStarts(song, 2, 2.8, 3.5, 4, 4.2);
    // A note over the change is as long as its beats on both sides.
    assertThat(song.alignment().words().get(1).endSeconds()).isCloseTo(3.1, within(1e-9));
    assertThat(lines(song)).containsExactly("one two", "three four five");
  }

  @Test
  void changesOfTempoCountFromTheLineInRelativeSongs() throws IOException {
    Song song =
        read(
            "#RELATIVE:Yes",
            "#BPM:150",
            ": 0 4 0 one",
            "- 10 10",
            ": 0 4 0 two",
            "B 5 300",
            ": 7 2 0  three",
            "E");
    assertStarts(song, 0, 1, 1.6);
  }

  @Test
  void aChangeAtTheFirstBeatTakesThePlaceOfTheHeader() throws IOException {
    assertStarts(read("#BPM:150", "B 0 300", ": 10 2 0 one", "B 5 0", "B x 3", "E"), 0.5);
  }

  @Test
  void everyVoiceHasItsOwnPlaceInRelativeSongs() throws IOException {
    Song song =
        read(
            "#RELATIVE:YES",
            "#BPM:150",
            "P1",
            ": 0 4 0 one",
            "- 10 10",
            "P2",
            ": 2 4 0 two",
            "- 20 20",
            "P1",
            ": 5 2 0 three",
            "P2",
            ": 0 2 0 four",
            "E");
    assertStarts(song, 0, 0.2, 1.5, 2);
    assertThat(lines(song)).containsExactly("one", "two", "three", "four");
  }

  @Test
  void versionTwoCountsWholeBeats() throws IOException {
    assertStarts(read("#VERSION:2.0.0", "#BPM:600", ": 10 4 0 one", "E"), 1);
    assertStarts(read("#VERSION:1.1.0", "#BPM:600", ": 10 4 0 one", "E"), 0.25);
  }

  @Test
  void aNoteMayStandBehindABreakAndGoldenOnesHaveTwoSigns() throws IOException {
    Song song = read("#BPM:150", "*: 0 4 3 one", "- 6 * 8 2 0 two", "- 12 junk", ": 20 1 1 three");
    assertThat(lines(song)).containsExactly("one", "two", "three");
    assertThat(song.note(0, 0).orElseThrow().midi()).isEqualTo(63);
    assertThat(song.note(0, 0).orElseThrow().sung()).isTrue();
  }

  @Test
  void whoGoesBackBehindTheLineIsAnotherVoice() throws IOException {
    Song song = read("#BPM:150", ": 50 4 0 late", ": 60 4 0  later", ": 0 4 0 early", "E");
    assertThat(lines(song)).containsExactly("early", "late later");
    assertStarts(song, 0, 5, 6);
  }
}
