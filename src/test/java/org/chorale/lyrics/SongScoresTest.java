package org.chorale.lyrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.chorale.acoustic.Emissions;
import org.chorale.acoustic.PhoneContexts;
import org.chorale.acoustic.PhoneSet;
import org.junit.jupiter.api.Test;

/** What frames say for the phones of a song. */
class SongScoresTest {

  private static final double OTHER_VOWEL_COST = 0.5;
  private static final PhoneSet PHONES =
      new PhoneSet(
          List.of("sil", "t", "a", "u"),
          0,
          new float[4],
          List.of("silence", "voiceless-stop", "vowel", "vowel"),
          Map.of());
  private static final SongSettings SETTINGS =
      new SongSettings(
          1,
          1,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          (float) OTHER_VOWEL_COST,
          0,
          new SongSettings.Durations(2, 5, 5, 3, 0, 0, 0),
          new SongSettings.Onset(0, 0));

  private static SongScores scores(PhoneContexts text, double... posteriors) {
    float[] frame = new float[posteriors.length + text.size()];
    for (int c = 0; c < frame.length; c++) {
      double posterior = c < posteriors.length ? posteriors[c] : 1.0 / text.size();
      frame[c] = (float) Math.log(posterior);
    }
    Emissions.Builder builder = new Emissions.Builder(frame.length);
    builder.add(frame, 1);
    return new SongScores(builder.build(1), PHONES, text, SETTINGS);
  }

  @Test
  void aVocaliseIsHeardInAnyVowelAtAPrice() {
    PhoneContexts text = new PhoneContexts(0);
    int ooh = text.number(0, 3, 0);
    SongClasses classes = new SongClasses(text);
    SongScores scores = scores(text, 0.2, 0.1, 0.6, 0.1);
    float[] out = new float[scores.classes()];
    scores.scores(0, out);
    double contrast = -Math.log(2);
    assertThat((double) out[classes.held(ooh)]).isEqualTo(Math.log(0.1) + contrast, within(2e-3));
    assertThat((double) out[classes.anyVowel(ooh)])
        .isEqualTo(Math.log(0.7) - OTHER_VOWEL_COST + contrast, within(2e-3));
    assertThat(scores.voice(0)).isEqualTo(0.8, within(1e-3));
  }

  @Test
  void whereItsOwnVowelIsHeardItCostsNothing() {
    PhoneContexts text = new PhoneContexts(0);
    int ooh = text.number(0, 3, 0);
    SongClasses classes = new SongClasses(text);
    SongScores scores = scores(text, 0.1, 0.1, 0.1, 0.7);
    float[] out = new float[scores.classes()];
    scores.scores(0, out);
    assertThat(out[classes.anyVowel(ooh)]).isEqualTo(out[classes.held(ooh)]);
  }
}
