package org.chorale.subtitle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.subtitle.SubtitleShaper.Shaped;
import org.chorale.subtitle.Violation.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SubtitleShaperTest {

  /** A text that is read evenly, a second of pause between its lines. */
  private static Alignment even(double secondsPerWord, String... lines) {
    List<AlignedWord> words = new ArrayList<>();
    List<AlignedLine> aligned = new ArrayList<>();
    double at = 1;
    int character = 0;
    for (int l = 0; l < lines.length; l++) {
      String[] texts = lines[l].split(" ");
      int first = words.size();
      double start = at;
      for (String text : texts) {
        double end = at + secondsPerWord;
        int next = character + text.length();
        words.add(word(text, character, l, at, end));
        at = end;
        character = next + 1;
      }
      aligned.add(new AlignedLine(lines[l], first, texts.length, start, at, 1));
      at += 1;
    }
    return alignment(aligned, words);
  }

  private static AlignedWord word(String text, int character, int line, double start, double end) {
    WordStatus status = Double.isNaN(start) ? WordStatus.MISSING : WordStatus.ALIGNED;
    return new AlignedWord(
        text, character, character + text.length(), line, status, start, end, 1, List.of());
  }

  private static Alignment alignment(List<AlignedLine> lines, List<AlignedWord> words) {
    return new Alignment(
        new Alignment.Audio("a.wav", 1000, 16_000, 1),
        "en",
        "speech",
        "m",
        1,
        Verdict.OK,
        lines,
        words);
  }

  private static List<String> rows(SubtitleCue cue) {
    return cue.rows();
  }

  @Test
  void rowsBreakAtPhrasesAndNeverAfterAWordThatBelongsToTheNext() {
    Shaped shaped =
        new SubtitleShaper(SubtitleRules.NETFLIX)
            .shape(
                even(0.3, "When the rain had stopped, she went out to look for the old grey cat."));
    assertThat(shaped.violations()).isEmpty();
    assertThat(shaped.cues()).hasSize(1);
    assertThat(rows(shaped.cues().get(0)))
        .containsExactly(
            "When the rain had stopped,", "she went out to look for the old grey cat.");
    shaped =
        new SubtitleShaper(SubtitleRules.NETFLIX)
            .shape(even(0.3, "Nobody remembered why people were afraid of the enormous black dog"));
    assertThat(rows(shaped.cues().get(0)).get(0)).isEqualTo("Nobody remembered why people");
  }

  @Test
  void aShortCueStaysIntoThePauseBehindIt() {
    Shaped shaped =
        new SubtitleShaper(SubtitleRules.NETFLIX).shape(even(0.4, "No.", "He is not here."));
    assertThat(shaped.violations()).isEmpty();
    SubtitleCue no = shaped.cues().get(0);
    assertThat(no.rows()).containsExactly("No.");
    assertThat(no.startSeconds()).isEqualTo(1);
    assertThat(no.seconds()).isBetween(5 / 6.0, 0.9);
  }

  @Test
  void gapsAreTwoFramesOrLongEnoughToBeSeen() {
    Alignment text =
        even(0.5, "One two three four.", "Five six seven eight.", "Nine ten eleven twelve.");
    List<SubtitleCue> netflix = new SubtitleShaper(SubtitleRules.NETFLIX).shape(text).cues();
    for (int c = 1; c < netflix.size(); c++) {
      double gap = netflix.get(c).startSeconds() - netflix.get(c - 1).endSeconds();
      assertThat(gap < 0.085 ? 0.5 : gap).isGreaterThanOrEqualTo(0.5);
      assertThat(gap).isGreaterThanOrEqualTo(2 / 24.0);
    }
  }

  @Test
  void speechThatIsTooFastIsReported() {
    String line = "I said that he knew that she had gone to see them all again and again";
    Shaped shaped =
        new SubtitleShaper(SubtitleRules.BBC).shape(even(0.12, line, line.replace('I', 'U')));
    assertThat(shaped.violations()).isNotEmpty();
    assertThat(shaped.violations())
        .allSatisfy(
            v -> {
              assertThat(v.rule()).isEqualTo(Rule.WORDS_PER_MINUTE);
              assertThat(v.limit()).isEqualTo(180);
              assertThat(v.value()).isGreaterThan(180);
            });
    assertThat(shaped.violations().get(0).toString()).contains("words a minute; the limit is 180");
  }

  @Test
  void aFastCueBorrowsTimeFromItsNeighbours() {
    // 180 words a minute are 0.33 s a word.
    List<AlignedWord> words = new ArrayList<>();
    double at = 2;
    for (int w = 0; w < 60; w++) {
      double length = w >= 20 && w < 26 ? 0.2 : 0.4;
      words.add(word("word" + w, 7 * w, 0, at, at + length));
      at += length;
    }
    Shaped shaped =
        new SubtitleShaper(SubtitleRules.BBC)
            .shape(alignment(List.of(new AlignedLine("", 0, 60, 2, at, 1)), words));
    assertThat(shaped.violations()).isEmpty();
  }

  @Test
  void singersSeeTheLinesTheyKnow() {
    Shaped shaped =
        new SubtitleShaper(SubtitleRules.KARAOKE)
            .shape(
                even(
                    0.4,
                    "Twinkle, twinkle, little star",
                    "How I wonder what you are",
                    "Up above the world so high",
                    "Like a diamond in the sky"));
    assertThat(shaped.violations()).isEmpty();
    List<String> rows = shaped.cues().stream().flatMap(c -> c.rows().stream()).toList();
    assertThat(rows)
        .containsExactly(
            "Twinkle, twinkle, little star",
            "How I wonder what you are",
            "Up above the world so high",
            "Like a diamond in the sky");
    assertThat(shaped.cues().get(0).startSeconds()).isLessThan(1);
  }

  @Test
  void oneWordIsNotSeenLongerThanAllowed() {
    Alignment held =
        alignment(List.of(new AlignedLine("Ah", 0, 1, 1, 20, 1)), List.of(word("Ah", 0, 0, 1, 20)));
    Shaped shaped = new SubtitleShaper(SubtitleRules.NETFLIX).shape(held);
    assertThat(shaped.violations()).isEmpty();
    assertThat(shaped.cues().get(0).seconds()).isEqualTo(7);
  }

  @Test
  void withoutTimesThereIsNothingToShow() {
    Alignment missing =
        alignment(
            List.of(new AlignedLine("Ah", 0, 1, Double.NaN, Double.NaN, 0)),
            List.of(word("Ah", 0, 0, Double.NaN, Double.NaN)));
    assertThat(new SubtitleShaper(SubtitleRules.TED).shape(missing).cues()).isEmpty();
    assertThatThrownBy(() -> SubtitleRules.named("itv"))
        .hasMessage("'itv' is no preset for subtitles; there are netflix, bbc, ted, karaoke");
  }

  /** Speech with pauses, missing words and lines of any length, all presets. */
  @Property(tries = 300)
  void everyWordIsInOneCueAndNoCueOverlapsTheNext(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 120) int count) {
    Random random = new Random(seed);
    List<AlignedWord> words = new ArrayList<>();
    List<AlignedLine> lines = new ArrayList<>();
    double at = random.nextDouble();
    int first = 0;
    for (int w = 0; w < count; w++) {
      boolean timed = random.nextInt(10) > 0;
      String text = "abcdefghijklmnopqrst".substring(0, 1 + random.nextInt(12));
      text += random.nextInt(8) == 0 ? "." : random.nextInt(8) == 0 ? "," : "";
      double length = 0.02 + 0.06 * text.length() * random.nextDouble();
      words.add(
          word(
              text,
              20 * w,
              lines.size(),
              timed ? at : Double.NaN,
              timed ? at + length : Double.NaN));
      at += timed ? length + (random.nextInt(5) == 0 ? 2 * random.nextDouble() : 0) : 0;
      if (random.nextInt(9) == 0 || w == count - 1) {
        lines.add(new AlignedLine("", first, w + 1 - first, 0, 0, 1));
        first = w + 1;
      }
    }
    for (String name : SubtitleRules.names()) {
      SubtitleRules rules = SubtitleRules.named(name);
      Shaped shaped = new SubtitleShaper(rules).shape(alignment(lines, words));
      List<AlignedWord> shown = new ArrayList<>();
      double last = 0;
      for (SubtitleCue cue : shaped.cues()) {
        assertThat(cue.startSeconds()).isGreaterThanOrEqualTo(last);
        assertThat(cue.endSeconds()).isGreaterThanOrEqualTo(cue.startSeconds());
        last = cue.endSeconds() + rules.gapSeconds();
        shown.addAll(cue.words());
      }
      if (words.stream().anyMatch(AlignedWord::isTimed)) {
        assertThat(shown).containsExactlyElementsOf(words);
      }
      assertThat(shaped.violations()).isEqualTo(Violation.of(shaped.cues(), rules));
      assertThat(shaped.violations()).noneMatch(v -> v.rule() == Rule.GAP);
    }
  }

  /** Two words a second, five letters each: no preset has a reason to be violated. */
  @ParameterizedTest
  @MethodSource("presets")
  void calmSpeechKeepsAllRules(String preset) {
    List<String> lines = new ArrayList<>();
    Random random = new Random(5);
    for (int l = 0; l < 60; l++) {
      StringBuilder line = new StringBuilder("Words");
      for (int w = random.nextInt(14); w >= 0; w--) {
        line.append(" words");
      }
      lines.add(line.append('.').toString());
    }
    Shaped shaped =
        new SubtitleShaper(SubtitleRules.named(preset))
            .shape(even(0.5, lines.toArray(String[]::new)));
    assertThat(shaped.violations()).isEmpty();
    assertThat(shaped.cues()).hasSizeGreaterThanOrEqualTo(30);
  }

  static List<String> presets() {
    return SubtitleRules.names();
  }
}
