package org.chorale.align;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.chorale.acoustic.Emissions;
import org.junit.jupiter.api.Test;

/** Lines that changed places. */
class ReorderedPassagesTest {

  private static final int PHONE_FRAMES = 8;
  private static final int PAUSE_FRAMES = 30;
  private static final SearchSettings SETTINGS = SearchSettings.defaults();
  private static final List<String> FIRST = List.of("s o", "t ɛ s", "k o t", "ɛ k s");
  private static final List<String> SECOND = List.of("t o k", "s ɛ t", "k ɛ s", "o t ɛ k");
  private static final List<String> OTHER = List.of("o s o", "t ɛ t", "o k o", "ɛ t ɛ", "s t");

  private final SureModel model = new SureModel();
  private final List<List<Reading>> text = new ArrayList<>();
  private final List<AlignedWord> words = new ArrayList<>();

  @Test
  void aLineThatIsHeardBeforeTheOneItFollowsIsElsewhere() {
    hear(SECOND);
    int at = hear(FIRST);
    found(FIRST, at);
    missing(SECOND);
    assertThat(elsewhere()).isEqualTo(SECOND.size());
  }

  @Test
  void aLineThatIsNotHeardIsNowhere() {
    hear(OTHER);
    int at = hear(FIRST);
    found(FIRST, at);
    missing(SECOND);
    assertThat(elsewhere()).isZero();
  }

  @Test
  void whatWasNotFoundInItsPlaceIsNotElsewhereForBeingHeardThere() {
    int at = hear(FIRST);
    hear(SECOND);
    found(FIRST, at);
    missing(SECOND);
    assertThat(elsewhere()).isZero();
  }

  @Test
  void aFewWordsMayBeHeardAnywhere() {
    hear(SECOND);
    int at = hear(FIRST);
    found(FIRST, at);
    missing(SECOND.subList(0, 3));
    assertThat(elsewhere()).isZero();
  }

  @Test
  void aLineOfWhichOneWordIsNotUnderstoodIsElsewhereAsAWhole() {
    hear(List.of(OTHER.get(0), SECOND.get(1), SECOND.get(2), SECOND.get(3)));
    int at = hear(FIRST);
    found(FIRST, at);
    missing(SECOND);
    assertThat(elsewhere()).isEqualTo(SECOND.size());
  }

  @Test
  void aLineOfWhichHalfTheWordsAreHeardIsNowhere() {
    hear(List.of(OTHER.get(0), SECOND.get(1), OTHER.get(2), SECOND.get(3)));
    int at = hear(FIRST);
    found(FIRST, at);
    missing(SECOND);
    assertThat(elsewhere()).isZero();
  }

  @Test
  void aLineThatWasForcedOnOthersSpeechIsLookedForAsAWhole() {
    hear(SECOND);
    int first = hear(FIRST);
    int other = hear(OTHER);
    found(FIRST, first);
    forced(SECOND, other);
    assertThat(elsewhere()).isEqualTo(SECOND.size());
  }

  private int elsewhere() {
    Emissions emissions = model.emissions();
    double[] evidence =
        words.stream()
            .mapToDouble(w -> w.isTimed() ? Math.log(w.confidence()) : Double.NaN)
            .toArray();
    return new ReorderedPassages(SureModel.CLASSES, SETTINGS)
        .words(
            text,
            words,
            evidence,
            new SpeechScores(emissions, SureModel.CLASSES, SETTINGS),
            emissions);
  }

  /** Lets a line be heard after what was heard so far, and a pause; returns where it begins. */
  private int hear(List<String> line) {
    int start = model.frames();
    for (String word : line) {
      for (String phone : word.split(" ")) {
        model.hear(phone, PHONE_FRAMES);
      }
    }
    model.hear("sil", PAUSE_FRAMES);
    return start;
  }

  /** A line of the text that was found where it was heard. */
  private void found(List<String> line, int startFrame) {
    aligned(line, startFrame, 0.9);
  }

  /** A line of the text that lies where something else was heard. */
  private void forced(List<String> line, int startFrame) {
    aligned(line, startFrame, 0.03);
  }

  private void aligned(List<String> line, int startFrame, double confidence) {
    int at = startFrame;
    int number = words.isEmpty() ? 0 : words.get(words.size() - 1).line() + 1;
    for (String word : line) {
      int end = at + word.split(" ").length * PHONE_FRAMES;
      text.add(SureModel.reading(word));
      words.add(
          new AlignedWord(
              word,
              0,
              1,
              number,
              WordStatus.ALIGNED,
              0.01 * at,
              0.01 * end,
              confidence,
              List.of()));
      at = end;
    }
  }

  /** A line of the text that was not found. */
  private void missing(List<String> line) {
    int number = words.isEmpty() ? 0 : words.get(words.size() - 1).line() + 1;
    for (String word : line) {
      text.add(SureModel.reading(word));
      words.add(
          new AlignedWord(
              word, 0, 1, number, WordStatus.MISSING, Double.NaN, Double.NaN, 0, List.of()));
    }
  }
}
