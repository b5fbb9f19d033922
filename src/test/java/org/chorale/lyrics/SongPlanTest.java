package org.chorale.lyrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.chorale.text.Document;
import org.chorale.text.DocumentParser;
import org.junit.jupiter.api.Test;

/** What a lyrics sheet may be sung as. */
class SongPlanTest {

  private static Document document(String text) {
    return new DocumentParser().parse(text, "en");
  }

  /** Lines in the order of the song; repetitions in parentheses. */
  private static List<String> plan(String text) {
    Document document = document(text);
    return SongPlan.of(document).steps().stream()
        .map(s -> s.isRepetition() ? "(" + s.line() + ")" : "" + s.line())
        .toList();
  }

  @Test
  void linesAreSungInTurn() {
    assertThat(plan("la la\n\nlo lo\nlu")).containsExactly("0", "1", "2");
  }

  @Test
  void aLineWithARepeatMarkMayBeSungAgain() {
    assertThat(plan("sing it again (x3)\nend")).containsExactly("0", "(0)", "(0)", "1");
  }

  @Test
  void aRepeatMarkAloneRepeatsTheStanza() {
    assertThat(plan("before\n\none\ntwo\n[x2]\n\nend"))
        .containsExactly("0", "1", "2", "(1)", "(2)", "4");
  }

  @Test
  void aBareHeadingStandsForItsSection() {
    assertThat(plan("[Chorus]\nhey you\nhey me\n\n[Verse]\nonce upon\n\n[Chorus]\n\n[Verse]\nlast"))
        .containsExactly("1", "2", "4", "(1)", "(2)", "7");
  }

  @Test
  void aHeadingOfAnUnknownSectionStandsForNothing() {
    assertThat(plan("one line\n\n[Bridge]\n\nanother")).containsExactly("0", "2");
  }

  @Test
  void aRepetitionNamesTheWordThatHintsAtIt() {
    Document document = document("[Chorus]\nhey you\n\n[Chorus]\n");
    SongPlan.Step repetition = SongPlan.of(document).steps().get(1);
    assertThat(repetition.isRepetition()).isTrue();
    assertThat(repetition.first() && repetition.last()).isTrue();
    assertThat(document.words().get(repetition.hint()).line()).isEqualTo(2);
  }

  @Test
  void absurdCountsAreBounded() {
    assertThat(plan("la (x99)")).hasSize(8);
  }
}
