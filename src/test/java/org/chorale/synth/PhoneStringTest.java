package org.chorale.synth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.chorale.synth.Sentence.Stop;
import org.junit.jupiter.api.Test;

class PhoneStringTest {

  private static final Map<String, Integer> INDEX = Map.of("sil", 0, "h", 18, "i", 32, "a", 43);

  private static final Sentence ASKED =
      new Sentence(
          0,
          List.of(List.of("h", "i"), List.of(), List.of("a")),
          List.of(Stop.COMMA, Stop.NONE, Stop.QUESTION),
          true);

  @Test
  void pausesStandAroundAndAtCommas() {
    PhoneString phones = PhoneString.of(ASKED, INDEX);
    assertThat(phones.phones()).containsExactly(0, 18, 32, 0, 43, 0);
    assertThat(phones.word(0)).isEqualTo(-1);
    assertThat(phones.word(2)).isZero();
    assertThat(phones.word(4)).isEqualTo(2); // the silent word keeps its number
  }

  /** Row by row what models/tts-v1/train/texts.py gives for the same phones, lengths and stops. */
  @Test
  void featuresAreThoseOfTheTraining() {
    float[] x = PhoneString.of(ASKED, INDEX).features();
    float w2 = 2 / 12f;
    float w1 = 1 / 12f;
    float p = 1 / 30f;
    float s = 1 / 60f;
    float[][] rows = {
      {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0},
      {0, 1, 0, w2, 0, 0, 1, 0, 0, p, 2 * p, 1, 0, s},
      {0, 0, 1, w2, w1, 0, 1, 0, 0, 2 * p, p, 1, 0, 2 * s},
      {1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 2 * s},
      {0, 1, 1, w1, 0, 0, 0, 0, 1, p, p, 1, 1, 3 / 60f},
      {1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0},
    };
    for (int i = 0; i < rows.length; i++) {
      assertThat(Arrays.copyOfRange(x, 14 * i, 14 * i + 14)).as("phone " + i).isEqualTo(rows[i]);
    }
  }
}
