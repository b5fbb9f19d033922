package org.chorale.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.List;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.syllable.Pronunciations;
import org.chorale.syllable.Syllabifier;
import org.junit.jupiter.api.Test;

class KaraokeFramesTest {

  private static final Alignment SONG =
      new Alignment(
          new Alignment.Audio("song", 20, 16_000, 1),
          "en",
          "lyrics",
          "m",
          1,
          Verdict.OK,
          List.of(new AlignedLine("Sing sing", 0, 2, 8, 12, 1)),
          List.of(word("Sing", 0, 8, 10), word("sing", 5, 10, 12)));

  private static AlignedWord word(String text, int character, double start, double end) {
    return new AlignedWord(
        text, character, character + 4, 0, WordStatus.ALIGNED, start, end, 1, List.of());
  }

  private final KaraokeFrames frames =
      new KaraokeFrames(SONG, new Syllabifier("en", Pronunciations.NONE));

  /** Pixels of the colour of what is sung, outside the bar at the bottom. */
  private static int gold(BufferedImage frame, int fromY, int toY) {
    int count = 0;
    for (int y = fromY; y < toY; y++) {
      for (int x = 0; x < KaraokeFrames.WIDTH; x++) {
        count += (frame.getRGB(x, y) & 0xFFFFFF) == 0xFFC83D ? 1 : 0;
      }
    }
    return count;
  }

  @Test
  void theColourGoesOnAsTheRowIsSung() {
    int top = KaraokeFrames.HEIGHT / 2 - 60;
    int bottom = KaraokeFrames.HEIGHT / 2 + 60;
    assertThat(gold(frames.at(7.5), top, bottom)).isZero();
    int early = gold(frames.at(9), top, bottom);
    int half = gold(frames.at(10), top, bottom);
    int all = gold(frames.at(11.99), top, bottom);
    assertThat(early).isPositive().isLessThan(half);
    assertThat(half).isBetween((int) (0.4 * all), (int) (0.6 * all));
    assertThat(gold(frames.at(15), top, bottom)).isZero();
    assertThat(frames.bgr()).hasSize(3 * KaraokeFrames.WIDTH * KaraokeFrames.HEIGHT);
  }

  @Test
  void dotsCountInAfterALongPause() {
    int top = KaraokeFrames.HEIGHT / 2 - 230;
    int bottom = KaraokeFrames.HEIGHT / 2 - 150;
    assertThat(gold(frames.at(4.5), top, bottom)).isZero();
    int one = gold(frames.at(5.5), top, bottom);
    int two = gold(frames.at(6.5), top, bottom);
    assertThat(one).isPositive();
    assertThat(two).isEqualTo(2 * one);
    assertThat(gold(frames.at(7.5), top, bottom)).isEqualTo(3 * one);
    assertThat(gold(frames.at(8.5), top, bottom)).isZero();
  }
}
