package org.chorale.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.chorale.text.spoken.Readings;

class DocumentParserPropertiesTest {

  private static final List<String> LANGUAGES =
      List.of("en", "de", "fr", "es", "it", "pt", "nl", "ru", "ja", "xx", "und", "");

  private final DocumentParser parser = new DocumentParser();

  @Property(tries = 1500)
  void everyWordAppearsOnceInOrderWithItsOffsets(
      @ForAll("texts") String text, @ForAll("languages") String language) {
    Document document = parser.parse(text, language);

    assertThat(document.words().stream().map(Word::text).toList()).isEqualTo(split(text));
    int last = 0;
    for (Word word : document.words()) {
      assertThat(word.charStart()).isGreaterThanOrEqualTo(last);
      assertThat(text.substring(word.charStart(), word.charEnd())).isEqualTo(word.text());
      last = word.charEnd();
    }
  }

  @Property(tries = 500)
  void linesHoldTheirWords(@ForAll("texts") String text) {
    Document document = parser.parse(text, "en");

    int words = 0;
    for (int i = 0; i < document.lines().size(); i++) {
      Line line = document.lines().get(i);
      assertThat(line.firstWord()).isEqualTo(words);
      assertThat(text.substring(line.charStart(), line.charEnd())).isEqualTo(line.text());
      for (Word word :
          document.words().subList(line.firstWord(), line.firstWord() + line.wordCount())) {
        assertThat(word.line()).isEqualTo(i);
        assertThat(word.charStart()).isGreaterThanOrEqualTo(line.charStart());
        assertThat(word.charEnd()).isLessThanOrEqualTo(line.charEnd());
      }
      words += line.wordCount();
    }
    assertThat(words).isEqualTo(document.words().size());
  }

  @Property(tries = 1500)
  void readingsAreLowerCaseLettersMarksAndApostrophes(
      @ForAll("texts") String text, @ForAll("languages") String language) {
    for (Word word : parser.parse(text, language).words()) {
      assertThat(word.readings()).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(Readings.LIMIT);
      for (List<String> reading : word.readings()) {
        assertThat(reading).isNotEmpty();
        for (String spoken : reading) {
          assertThat(spoken.codePoints().anyMatch(Character::isLetter)).as(spoken).isTrue();
          assertThat(spoken.codePoints().allMatch(DocumentParserPropertiesTest::isSpeakable))
              .as("%s in %s", spoken, word.text())
              .isTrue();
          assertThat(spoken.codePoints().noneMatch(c -> c < 0x250 && Character.isUpperCase(c)))
              .isTrue();
        }
      }
    }
  }

  @Property(tries = 200)
  void parsingTwiceGivesTheSame(
      @ForAll("texts") String text, @ForAll("languages") String language) {
    assertThat(parser.parse(text, language)).isEqualTo(new DocumentParser().parse(text, language));
  }

  private static boolean isSpeakable(int c) {
    int type = Character.getType(c);
    return c == '\''
        || Character.isLetter(c)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  /** An independent split on Unicode white space. */
  private static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.split("[\\p{IsWhite_Space}\\x1c-\\x1f]+", -1)) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }

  @Provide
  Arbitrary<String> languages() {
    return Arbitraries.of(LANGUAGES);
  }

  /** Any Unicode, and things that look like what the rules look for. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(40);
    Arbitrary<String> marks =
        Arbitraries.strings()
            .withChars("0123456789.,:/-–%$€°hmst'’\"()[]*♪><#@&+=½²ºª xXIVa \u00A0\n\r\t\u00AD")
            .ofMaxLength(30);
    Arbitrary<String> words =
        Arbitraries.of(
                "Dr.",
                "1999",
                "[Chorus]",
                "(x2)",
                "3",
                "p.m.",
                "€",
                "$",
                "5",
                "%",
                "XIV",
                "Louis",
                "l'",
                "1er",
                "Juli",
                "4.",
                "July",
                "10:30",
                "Uhr",
                "z.",
                "B.",
                "NASA",
                "don’t",
                "well-known",
                "привет",
                "你好",
                "مرحبا",
                "é",
                "-",
                "...",
                "1/2",
                "10-20",
                "000")
            .list()
            .ofMaxSize(12)
            .map(list -> String.join(" ", list));
    return Arbitraries.oneOf(any, marks, words);
  }
}
