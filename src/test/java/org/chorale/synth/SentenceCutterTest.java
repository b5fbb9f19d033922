package org.chorale.synth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.chorale.model.ModelException;
import org.chorale.synth.Sentence.Stop;
import org.chorale.text.Document;
import org.chorale.text.DocumentParser;
import org.chorale.text.spoken.SentenceLexica;
import org.junit.jupiter.api.Test;

class SentenceCutterTest {

  private static List<Sentence> cut(String text, int phonesPerWord) throws ModelException {
    return cut(text, "en", phonesPerWord);
  }

  private static List<Sentence> cut(String text, String language, int phonesPerWord)
      throws ModelException {
    Document document = new DocumentParser().parse(text, language);
    SentenceCutter cutter =
        new SentenceCutter(
            document,
            w ->
                document.words().get(w).isSpoken()
                    ? Collections.nCopies(phonesPerWord, "a")
                    : List.of(),
            new SentenceLexica().of(language));
    List<Sentence> out = new ArrayList<>();
    for (Optional<Sentence> s = cutter.next(); s.isPresent(); s = cutter.next()) {
      out.add(s.get());
    }
    return out;
  }

  @Test
  void cutsAtTheEndsOfSentences() throws ModelException {
    List<Sentence> found = cut("It is late. Is it? Yes, it is!", 3);
    assertThat(found).hasSize(3);
    assertThat(found.get(0).stops()).containsExactly(Stop.NONE, Stop.NONE, Stop.FULL);
    assertThat(found.get(1).stops()).containsExactly(Stop.NONE, Stop.QUESTION);
    assertThat(found.get(2).stops()).containsExactly(Stop.COMMA, Stop.NONE, Stop.FULL);
    assertThat(found).extracting(Sentence::firstWord).containsExactly(0, 3, 5);
  }

  @Test
  void anAbbreviationBeforeASmallLetterEndsNothing() throws ModelException {
    assertThat(cut("Bread, butter etc. are there.", 3)).hasSize(1);
  }

  @Test
  void anAbbreviationAnInitialOrAnOrdinalEndsNothing() throws ModelException {
    List<Sentence> found = cut("Dr. Miller heard J. S. Bach. Then he left.", 3);
    assertThat(found).extracting(Sentence::firstWord).containsExactly(0, 6);
    assertThat(found.get(0).stops()).startsWith(Stop.NONE, Stop.NONE, Stop.NONE, Stop.NONE);
    assertThat(cut("Am 3. Oktober kam er. Das ist Kapitel 3. Es beginnt.", "de", 3)).hasSize(3);
    assertThat(cut("This is chapter 3. It begins.", 3)).hasSize(2);
  }

  @Test
  void proseMayBeBrokenIntoLines() throws ModelException {
    assertThat(cut("They saw Mr.\nSmith.", 3)).hasSize(1);
    assertThat(cut("They saw Mr.\n\nSmith.", 3)).hasSize(2);
    assertThat(cut("He came in 1999.\nThen he left.", 3)).hasSize(2);
    assertThat(cut("it is late.\nit is cold.", 3)).hasSize(2);
    assertThat(cut("They sell pears etc.\nand more.", 3)).hasSize(1);
  }

  @Test
  void everyWordIsInExactlyOneSentence() throws ModelException {
    String text = "word ".repeat(700) + "- end, " + "more, ".repeat(300);
    List<Sentence> found = cut(text, 4);
    int next = 0;
    for (Sentence sentence : found) {
      assertThat(sentence.firstWord()).isEqualTo(next);
      next += sentence.words().size();
      assertThat(sentence.words().stream().mapToInt(List::size).sum())
          .isLessThanOrEqualTo(SentenceCutter.MOST_PHONES);
    }
    assertThat(next).isEqualTo(1002);
    assertThat(found.get(0).ends()).isFalse();
    assertThat(found.get(found.size() - 1).ends()).isTrue();
  }

  @Test
  void aLoneDashBelongsToTheWordBefore() throws ModelException {
    assertThat(cut("one – two", 2).get(0).stops())
        .containsExactly(Stop.COMMA, Stop.COMMA, Stop.FULL);
  }
}
