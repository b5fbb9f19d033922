package org.chorale.syllable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.WordStatus;
import org.junit.jupiter.api.Test;

class SyllabifierTest {

  private static AlignedWord word(String text, String phones) {
    List<AlignedPhone> timed = new ArrayList<>();
    String[] symbols = phones.isEmpty() ? new String[0] : phones.split(" ");
    for (int i = 0; i < symbols.length; i++) {
      timed.add(new AlignedPhone(symbols[i], 1 + 0.1 * i, 1.1 + 0.1 * i, 1));
    }
    double end = 1 + 0.1 * Math.max(1, symbols.length);
    return new AlignedWord(text, 5, 5 + text.length(), 0, WordStatus.ALIGNED, 1, end, 1, timed);
  }

  private static List<Syllable> split(String language, String text, String phones) {
    return new Syllabifier(language, Pronunciations.NONE).syllables(word(text, phones));
  }

  private static List<String> texts(List<Syllable> syllables) {
    return syllables.stream().map(Syllable::text).toList();
  }

  @Test
  void aSyllableBeginsAtItsFirstConsonant() {
    List<Syllable> syllables = split("en", "\"Monster!\"", "m ɔ n s t ɚ");
    assertThat(texts(syllables)).containsExactly("\"Mon", "ster!\"");
    assertThat(syllables.get(0).startSeconds()).isEqualTo(1);
    assertThat(syllables.get(0).endSeconds()).isEqualTo(1.3);
    assertThat(syllables.get(1).startSeconds()).isEqualTo(1.3);
    assertThat(syllables.get(1).endSeconds()).isEqualTo(1.6);
    assertThat(syllables.get(1).charStart()).isEqualTo(9);
    assertThat(syllables.get(1).charEnd()).isEqualTo(15);
  }

  @Test
  void aConsonantIsSungWithTheVowelAfterItWhereverItIsWritten() {
    List<Syllable> syllables = split("en", "never", "n ɛ v ɚ");
    assertThat(texts(syllables)).containsExactly("nev", "er");
    assertThat(syllables.get(1).startSeconds()).isEqualTo(1.2);
    syllables = split("en", "running", "ɹ ʌ n ɪ ŋ");
    assertThat(texts(syllables)).containsExactly("run", "ning");
    assertThat(syllables.get(1).startSeconds()).isEqualTo(1.2);
    syllables = split("en", "singer", "s ɪ ŋ ɚ");
    assertThat(syllables.get(1).startSeconds()).isEqualTo(1.3);
  }

  @Test
  void whatIsHeardDecidesTheNumber() {
    assertThat(texts(split("fr", "belle", "b ɛ l"))).containsExactly("belle");
    assertThat(texts(split("fr", "belle", "b ɛ l ə"))).containsExactly("bel", "le");
    assertThat(texts(split("en", "fire", "f a ɪ ɚ"))).containsExactly("fire");
    assertThat(texts(split("en", "going", "ɡ o ʊ ɪ ŋ"))).containsExactly("go", "ing");
    assertThat(texts(split("en", "chaos", "k e ɪ ɑ s"))).containsExactly("cha", "os");
  }

  @Test
  void tokensOfForeignModelsAreNoPronunciation() {
    List<Syllable> syllables = split("en", "Time", "t i m e");
    assertThat(texts(syllables)).containsExactly("Time");
    syllables =
        new Syllabifier("en", w -> List.of("t", "e", "ɪ", "b", "ə", "l"))
            .syllables(word("table", "▁ta ble"));
    assertThat(texts(syllables)).containsExactly("ta", "ble");
    assertThat(syllables.get(1).startSeconds()).isEqualTo(1.1); // half of the phones
  }

  @Test
  void whatIsNoWordIsOneSyllable() {
    assertThat(texts(split("en", "1999", "n a ɪ n t i n"))).containsExactly("1999");
    assertThat(texts(split("en", "♪", ""))).containsExactly("♪");
    assertThat(texts(split("ja", "さくら", ""))).containsExactly("さくら");
    assertThat(new Syllabifier("en", Pronunciations.NONE).split("hmm")).containsExactly("hmm");
  }

  @Test
  void syllablesOfAMissingWordHaveNoTimes() {
    AlignedWord missing =
        new AlignedWord("over", 0, 4, 0, WordStatus.MISSING, Double.NaN, Double.NaN, 0, List.of());
    List<Syllable> syllables = new Syllabifier("en", Pronunciations.NONE).syllables(missing);
    assertThat(texts(syllables)).containsExactly("o", "ver");
    assertThat(syllables).allMatch(s -> Double.isNaN(s.startSeconds()));
  }

  @Provide
  Arbitrary<AlignedWord> anyWord() {
    Arbitrary<String> text =
        Arbitraries.strings()
            .withChars("abehilnorstuwyéüñßœ'’-.İ\"1あй")
            .ofMinLength(1)
            .ofMaxLength(12);
    Arbitrary<List<String>> phones =
        Arbitraries.of("a", "ɪ", "ə", "ʊ", "ɑ̃", "y", "j", "w", "s", "t", "n", "l", "ŋ", "▁x")
            .list()
            .ofMaxSize(10);
    return Combinators.combine(text, phones).as((t, p) -> word(t, String.join(" ", p)));
  }

  @Property
  void joinedTheyAreTheWordAndItsTime(
      @ForAll("anyWord") AlignedWord word, @ForAll("language") String language) {
    List<Syllable> syllables = new Syllabifier(language, Pronunciations.NONE).syllables(word);
    assertThat(String.join("", texts(syllables))).isEqualTo(word.text());
    assertThat(syllables).noneMatch(s -> s.text().isEmpty());
    double at = word.startSeconds();
    int character = word.charStart();
    for (Syllable syllable : syllables) {
      assertThat(syllable.startSeconds()).isEqualTo(at);
      assertThat(syllable.endSeconds()).isGreaterThanOrEqualTo(at);
      assertThat(syllable.charStart()).isEqualTo(character);
      at = syllable.endSeconds();
      character = syllable.charEnd();
    }
    assertThat(at).isEqualTo(word.endSeconds());
    assertThat(character).isEqualTo(word.charEnd());
  }

  @Provide
  Arbitrary<String> language() {
    return Arbitraries.of("en", "de", "fr", "es", "it", "pt", "nl", "ru", "fi", "xx");
  }
}
