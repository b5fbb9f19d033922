package org.chorale.spelling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SpellerTest {

  private static List<String> spellings(
      List<String> tokens, Set<Integer> silent, String romanisation, String word) {
    return new Speller(tokens, silent, romanisation)
        .spell(List.of(word)).get(word).stream()
            .map(row -> Arrays.stream(row).mapToObj(tokens::get).collect(Collectors.joining(" ")))
            .toList();
  }

  private static final List<String> CAPITALS =
      List.of("<pad>", "<unk>", "|", "A", "B", "C", "E", "F", "L", "'", "-");

  @Test
  void charactersInTheCaseOfTheVocabulary() {
    assertThat(spellings(CAPITALS, Set.of(0, 2), null, "cable")).containsExactly("C A B L E");
    assertThat(spellings(CAPITALS, Set.of(0, 2), null, "l'abc")).containsExactly("L ' A B C");
    assertThat(spellings(CAPITALS, Set.of(0, 2), null, "f-a")).containsExactly("F - A");
    assertThat(spellings(CAPITALS, Set.of(0, 2, 10), null, "f-a")).containsExactly("F A");
    assertThat(spellings(CAPITALS, Set.of(0, 2), null, "café")).containsExactly("C A F E");
    assertThat(spellings(CAPITALS, Set.of(0, 2), null, "xyz")).isEmpty();
    assertThat(spellings(CAPITALS, Set.of(0, 2), null, "дом")).isEmpty();
  }

  @Test
  void marksThatTheVocabularyHasStay() {
    List<String> marks = List.of("-", "e", "\u0301", "क", "\u093f");
    assertThat(spellings(marks, Set.of(0), null, "\u00e9")).containsExactly("e \u0301");
    assertThat(spellings(marks, Set.of(0), null, "कि")).containsExactly("क \u093f");
    assertThat(spellings(List.of("-", "é", "e"), Set.of(0), null, "e\u0301")).containsExactly("é");
  }

  @Test
  void bothCasesGiveBothForms() {
    List<String> both = List.of("-", "a", "b", "A");
    assertThat(spellings(both, Set.of(0), null, "ab")).containsExactly("a b", "A b");
    assertThat(spellings(both, Set.of(0), null, "ba")).containsExactly("b a");
  }

  @Test
  void otherScriptsAreRomanisedOnlyWhenTheyMust() {
    List<String> latin = List.of("-", "a", "d", "m", "o", "e", "é");
    String icu = "Any-Latin; Latin-ASCII; Lower";
    assertThat(spellings(latin, Set.of(0), icu, "дом")).containsExactly("d o m");
    assertThat(spellings(latin, Set.of(0), icu, "dé")).containsExactly("d é");
    assertThatThrownBy(() -> new Speller(latin, Set.of(0), "No-Such"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void piecesAsBytePairEncodingAndAsFewAsPossible() {
    List<String> pieces = List.of("<unk>", "▁t", "he", "▁the", "▁", "t", "h", "e", "er", "r", "re");
    assertThat(spellings(pieces, Set.of(), null, "the")).containsExactly("▁the");
    assertThat(spellings(pieces, Set.of(), null, "there")).containsExactly("▁the re");
    // Two "e", then "er" before "re": merging never comes to "ere".
    assertThat(spellings(pieces, Set.of(), null, "eere")).containsExactly("▁ e er e");
    assertThat(spellings(pieces, Set.of(), null, "rt")).containsExactly("▁ r t");
    assertThat(spellings(pieces, Set.of(), null, "xx")).isEmpty();
  }

  @Test
  void sentencepieceOrderDecidesWhichPairIsMergedFirst() {
    List<String> pieces = List.of("<unk>", "bc", "ab", "a", "b", "c", "▁", "▁x");
    assertThat(spellings(pieces, Set.of(), null, "abc")).containsExactly("▁ a bc", "▁ ab c");
  }
}
