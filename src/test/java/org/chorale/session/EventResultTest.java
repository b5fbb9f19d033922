package org.chorale.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
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
  void whatWasReadOutOfTurnIsMissing() throws Exception {
    Alignment result =
        result(
            "One two three four.",
            word(1, 1, 2, 0.9),
            word(2, 2, 3, 0.9),
            word(3, 3, 4, 0.9),
            word(0, 6, 7, 0.9));
    assertThat(result.words())
        .extracting(AlignedWord::status)
        .containsExactly(
            WordStatus.MISSING, WordStatus.ALIGNED, WordStatus.ALIGNED, WordStatus.ALIGNED);
  }

  /** Against all that could be left out. */
  @Test
  void noMoreIsLeftOutThanHasToBe() {
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      List<SessionEvent.Word> words = new ArrayList<>();
      int count = random.nextInt(9);
      for (int w = 0; w < count; w++) {
        double start = random.nextInt(12);
        words.add(word(w, start, start + random.nextInt(4), random.nextDouble()));
      }
      double best = 0;
      for (int set = 0; set < 1 << count; set++) {
        List<SessionEvent.Word> some = new ArrayList<>();
        for (int w = 0; w < count; w++) {
          if ((set >> w & 1) != 0) {
            some.add(words.get(w));
          }
        }
        best = isInTurn(some) ? Math.max(best, value(some)) : best;
      }
      Collections.shuffle(words, random);
      List<SessionEvent.Word> kept = ReadingOrder.of(words);
      assertThat(isInTurn(kept)).isTrue();
      assertThat(value(kept)).isCloseTo(best, within(1e-9));
    }
  }

  private static boolean isInTurn(List<SessionEvent.Word> words) {
    return IntStream.range(1, words.size())
        .allMatch(
            w ->
                words.get(w).index() > words.get(w - 1).index()
                    && words.get(w).startSeconds() >= words.get(w - 1).endSeconds());
  }

  private static double value(List<SessionEvent.Word> words) {
    return words.stream().mapToDouble(w -> w.confidence() + 0.01).sum();
  }
}
