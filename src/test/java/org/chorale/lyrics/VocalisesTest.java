package org.chorale.lyrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.chorale.align.Reading;
import org.chorale.text.Document;
import org.chorale.text.DocumentParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Syllables without a meaning, as lyrics sheets spell them. */
class VocalisesTest {

  private static final List<String> SYMBOLS = List.of("sil", "a", "ɑ", "o", "u", "x", "s");

  @ParameterizedTest
  @ValueSource(strings = {"ooh", "Oooh!", "aaah,", "(oh)", "hey", "yeeah", "mmm", "ah-ah-ah", "uh"})
  void theyAreKnownHoweverTheyAreSpelled(String word) {
    assertThat(Vocalises.isVocalise(word)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "o", "who", "they", "oh-my", "ahora", "...", "m"})
  void wordsAreNone(String word) {
    assertThat(Vocalises.isVocalise(word)).isFalse();
  }

  @Test
  void theirReadingComesBeforeThatOfTheLetters() {
    Document document = new DocumentParser().parse("ooh so", "es");
    List<Reading> byLetters = List.of(new Reading(List.of(List.of(new int[] {3, 5}))));
    List<Reading> other = List.of(new Reading(List.of(List.of(new int[] {6, 3}))));
    List<List<Reading>> added = Vocalises.added(document, List.of(byLetters, other), SYMBOLS);
    assertThat(added.get(0)).hasSize(2);
    assertThat(added.get(0).get(0).spokenWords().get(0))
        .containsExactly(new int[] {4}, new int[] {3});
    assertThat(added.get(0).get(1)).isSameAs(byLetters.get(0));
    assertThat(added.get(1)).isSameAs(other);
  }

  @Test
  void aModelWithoutTheirPhonesReadsTheLetters() {
    Document document = new DocumentParser().parse("mmm", "en");
    List<List<Reading>> readings = List.of(List.of(new Reading(List.of(List.of(new int[] {6})))));
    assertThat(Vocalises.added(document, readings, SYMBOLS)).isEqualTo(readings);
  }
}
