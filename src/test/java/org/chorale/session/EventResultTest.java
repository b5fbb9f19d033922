package org.chorale.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;
import org.junit.jupiter.api.Test;

class EventResultTest {

  private static final Alignment.Audio AUDIO = new Alignment.Audio("name", 10, 16_000, 1);

  private static Alignment result(String text, SessionEvent.Word... words) throws Exception {
    Document document =
        new DocumentReader().parse(new TextFile("text", TextFormat.PLAIN, text), "en");
    return new EventResult(document, StreamRequest.Mode.LYRICS, "a-model")
        .of(List.of(words), AUDIO);
  }

  private static SessionEvent.Word word(int index, double start, double end, double confidence) {
    return new SessionEvent.Word(0, index, "", start, end, confidence);
  }

  @Test
  void wordsThatWereToldAreThereTheOthersAreMissing() throws Exception {
    Alignment result =
        result("One two,\n— three four.", word(0, 1, 2, 0.9), word(1, 2, 3, 0.9), word(4, 5, 6, 1));
    assertThat(result.words())
        .extracting(AlignedWord::status)
        .containsExactly(
            WordStatus.ALIGNED,
            WordStatus.ALIGNED,
            WordStatus.INTERPOLATED,
            WordStatus.MISSING,
            WordStatus.ALIGNED);
    assertThat(result.words())
        .extracting(AlignedWord::text)
        .containsExactly("One", "two,", "—", "three", "four.");
    assertThat(result.words().get(1).startSeconds()).isEqualTo(2);
    assertThat(result.confidence()).isEqualTo(2.8 / 4);
    assertThat(result.verdict()).isEqualTo(Verdict.DOUBTFUL);
    assertThat(result.lines()).hasSize(2);
    assertThat(result.audio()).isEqualTo(AUDIO);
    assertThat(result.mode()).isEqualTo("lyrics");
    assertThat(result.model()).isEqualTo("a-model");
  }

  @Test
  void aTextOfWhichLittleWasToldIsNone() throws Exception {
    Alignment result = result("One two three four.", word(2, 1, 2, 0.9));
    assertThat(result.verdict()).isEqualTo(Verdict.MISMATCH);
  }

  @Test
  void startsNeverDecrease() throws Exception {
    Alignment result =
        result(
            "One two three four.",
            word(2, 1, 2, 0.9),
            word(3, 2, 3, 0.9),
            word(0, 4, 5, 0.9),
            word(1, 5, 6, 0.9));
    double before = 0;
    for (AlignedWord word : result.words()) {
      if (word.isTimed()) {
        assertThat(word.startSeconds()).isGreaterThanOrEqualTo(before);
        before = word.endSeconds();
      }
    }
  }
}
