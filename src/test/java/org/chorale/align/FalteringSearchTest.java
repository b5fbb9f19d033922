package org.chorale.align;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.chorale.acoustic.Emissions;
import org.junit.jupiter.api.Test;

/** Speech that falters. */
class FalteringSearchTest {

  private static final SearchSettings SETTINGS = SearchSettings.defaults();

  /** The words "so" and "tes". */
  private static final List<List<Reading>> TEXT =
      List.of(SureModel.reading("s o"), SureModel.reading("t ɛ s"));

  /** Sounds of so many frames each. */
  private static Emissions heard(String... sounds) {
    SureModel model = new SureModel();
    for (String sound : sounds) {
      String[] parts = sound.split(" ");
      model.hear(parts[0], Integer.parseInt(parts[1]));
    }
    return model.emissions();
  }

  /** First frame of every word, and the frame behind its last. */
  private static List<int[]> words(Emissions emissions) throws Exception {
    SpeechScores scores = new SpeechScores(emissions, SureModel.CLASSES, SETTINGS);
    Trellis trellis = TextTrellis.of(TEXT, 0, scores.starClass(), SETTINGS);
    ViterbiKernel.Path first = new FullViterbi().bestPath(trellis, scores);
    FalteringSearch.Found found =
        new FalteringSearch(SureModel.CLASSES, SETTINGS)
            .better(trellis, TEXT, first, scores, emissions);
    List<int[]> words = new ArrayList<>();
    for (int w = 0; w < TEXT.size(); w++) {
      int word = w;
      int[] frames =
          java.util.stream.IntStream.range(0, found.nodes().length)
              .filter(t -> found.trellis().wordOf(found.nodes()[t]) == word)
              .toArray();
      words.add(new int[] {frames[0], frames[frames.length - 1] + 1});
    }
    return words;
  }

  @Test
  void aHesitationBesideAPauseBelongsToNoWord() throws Exception {
    Emissions emissions =
        heard("sil 20", "s 10", "o 12", "sil 12", "ɛ 30", "sil 3", "t 6", "ɛ 9", "s 9", "sil 10");
    assertThat(words(emissions)).containsExactly(new int[] {20, 42}, new int[] {87, 111});
    emissions = heard("sil 20", "s 10", "o 12", "ɛ 20", "sil 25", "t 6", "ɛ 9", "s 9", "sil 10");
    assertThat(words(emissions)).containsExactly(new int[] {20, 42}, new int[] {87, 111});
  }

  @Test
  void aWordThatIsBrokenOffIsSpokenOnce() throws Exception {
    Emissions emissions =
        heard("sil 20", "s 10", "o 12", "t 6", "ɛ 8", "sil 20", "t 6", "ɛ 9", "s 9", "sil 10");
    assertThat(words(emissions)).containsExactly(new int[] {20, 42}, new int[] {76, 100});
  }

  @Test
  void whereAllWordsFitNothingIsSearchedAgain() throws Exception {
    Emissions emissions = heard("sil 20", "s 10", "o 12", "t 6", "ɛ 9", "s 9", "sil 10");
    SpeechScores scores = new SpeechScores(emissions, SureModel.CLASSES, SETTINGS);
    Trellis trellis = TextTrellis.of(TEXT, 0, scores.starClass(), SETTINGS);
    ViterbiKernel.Path first = new FullViterbi().bestPath(trellis, scores);
    FalteringSearch.Found found =
        new FalteringSearch(SureModel.CLASSES, SETTINGS)
            .better(trellis, TEXT, first, scores, emissions);
    assertThat(found.trellis()).isSameAs(trellis);
    assertThat(found.nodes()).isEqualTo(first.nodes());
  }

  @Test
  void aModelWithoutTheSoundsOfHesitationsHearsNone() throws Exception {
    PhoneClasses others =
        new PhoneClasses(
            List.of("sil", "t", "k"),
            0,
            new float[3],
            0.01,
            TransitionBias.of(List.of("silence"), Map.of()),
            DurationModel.none(3));
    assertThat(others.hesitations()).isEmpty();
    assertThat(SureModel.CLASSES.hesitations()).containsExactly(2);
  }
}
