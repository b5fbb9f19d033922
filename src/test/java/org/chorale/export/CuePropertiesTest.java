package org.chorale.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;

class CuePropertiesTest {

  /** An alignment of random words, some missing, in random lines. */
  private static Alignment random(Random random, int words) {
    List<AlignedWord> all = new ArrayList<>();
    List<AlignedLine> lines = new ArrayList<>();
    double time = 0;
    int charAt = 0;
    int first = 0;
    StringBuilder text = new StringBuilder();
    double start = Double.NaN;
    double end = Double.NaN;
    for (int w = 0; w < words; w++) {
      String word = "x".repeat(1 + random.nextInt(12)) + (random.nextInt(6) == 0 ? "." : "");
      boolean missing = random.nextInt(5) == 0;
      double from = time + random.nextInt(3) * random.nextDouble();
      double to = from + random.nextDouble() * random.nextInt(3);
      all.add(
          new AlignedWord(
              word,
              charAt,
              charAt + word.length(),
              lines.size(),
              missing ? WordStatus.MISSING : WordStatus.ALIGNED,
              missing ? Double.NaN : from,
              missing ? Double.NaN : to,
              missing ? 0 : 1,
              List.of()));
      text.append(text.length() == 0 ? "" : " ").append(word);
      charAt += word.length() + 1;
      if (!missing) {
        start = Double.isNaN(start) ? from : start;
        end = to;
        time = to;
      }
      if (w == words - 1 || random.nextInt(8) == 0) {
        lines.add(new AlignedLine(text.toString(), first, w + 1 - first, start, end, 1));
        text.setLength(0);
        first = w + 1;
        start = Double.NaN;
        end = Double.NaN;
      }
    }
    return new Alignment(
        new Alignment.Audio("a.wav", time + 1, 16_000, 1),
        "en",
        "speech",
        "m",
        1,
        Verdict.OK,
        lines,
        all);
  }

  @Property(tries = 500)
  void cuesHoldEveryWordInOrderAndNeverOverlap(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int words) {
    Alignment alignment = random(new Random(seed), words);
    List<Cue> cues = new CueBuilder().cues(alignment);
    if (alignment.lines().stream().noneMatch(AlignedLine::isTimed)) {
      assertThat(cues).isEmpty();
      return;
    }
    assertThat(cues.stream().flatMap(c -> c.words().stream()).collect(Collectors.toList()))
        .isEqualTo(alignment.words());
    double floor = 0;
    for (Cue cue : cues) {
      assertThat(cue.startSeconds()).isGreaterThanOrEqualTo(floor);
      assertThat(cue.endSeconds()).isGreaterThanOrEqualTo(cue.startSeconds());
      floor = cue.endSeconds();
      assertThat(cue.text().lines().count()).isLessThanOrEqualTo(2);
    }
  }
}
