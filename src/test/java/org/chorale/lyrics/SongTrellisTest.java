package org.chorale.lyrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.chorale.acoustic.PhoneContexts;
import org.chorale.acoustic.PhoneSet;
import org.chorale.align.CheckpointedViterbi;
import org.chorale.align.EmissionScores;
import org.chorale.align.Reading;
import org.chorale.text.Document;
import org.chorale.text.DocumentParser;
import org.junit.jupiter.api.Test;

/** How long phones are sung in a song. */
class SongTrellisTest {

  private static final PhoneSet PHONES =
      new PhoneSet(
          List.of("sil", "t", "a"),
          0,
          new float[3],
          List.of("silence", "voiceless-stop", "vowel"),
          Map.of());
  private static final Document DOCUMENT = new DocumentParser().parse("ta ta", "en");
  private static final List<Reading> TA = List.of(new Reading(List.of(List.of(new int[] {1, 2}))));

  private static final float LINK_COST = 10;

  private static SongSettings settings(float briefFrameCost) {
    return new SongSettings(
        1,
        1,
        0,
        0,
        0,
        0,
        1000,
        1000,
        0,
        0,
        1000,
        0,
        2,
        LINK_COST,
        new SongSettings.Durations(2, 5, 5, 3, briefFrameCost, 0, 0),
        new SongSettings.Onset(0, 0));
  }

  /** Frames that every phone of "ta ta" is given where nothing is heard but silence. */
  private static int[] framesOfPhones(int frames, float briefFrameCost) throws Exception {
    PhoneContexts contexts = new PhoneContexts(0);
    SongTrellis.Graph graph =
        SongTrellis.of(
            DOCUMENT,
            SongPlan.of(DOCUMENT),
            List.of(TA, TA),
            contexts,
            PHONES,
            settings(briefFrameCost));
    SongClasses classes = new SongClasses(contexts);
    EmissionScores silence =
        new EmissionScores() {
          @Override
          public int frames() {
            return frames;
          }

          @Override
          public int classes() {
            return classes.count();
          }

          @Override
          public void scores(int frame, float[] target) {
            Arrays.fill(target, -1);
            target[0] = 0;
          }
        };
    int[] path =
        new CheckpointedViterbi(Float.POSITIVE_INFINITY).bestPath(graph.trellis(), silence).nodes();
    int[] lengths = new int[4];
    int phone = -1;
    for (int t = 0; t < frames; t++) {
      if (graph.trellis().wordOf(path[t]) < 0) {
        continue;
      }
      if (graph.phoneStarts().get(path[t]) && (t == 0 || path[t] != path[t - 1])) {
        phone++;
      }
      lengths[phone]++;
    }
    return lengths;
  }

  @Test
  void phonesLastTheirLeastWhereBrevityIsDear() throws Exception {
    assertThat(framesOfPhones(100, 10)).containsExactly(3, 5, 3, 5);
  }

  @Test
  void noPhoneIsShorterThanTheLeastOfAll() throws Exception {
    assertThat(framesOfPhones(100, 0.1f)).containsExactly(2, 2, 2, 2);
  }

  /**
   * What is sung in "ah ah" when a vowel is heard but for five frames in its middle.
   *
   * @param dip how much less than silence the vowel is heard there, nats a frame
   * @return word of every frame
   */
  private static int[] wordsOfTwoVowels(float dip) throws Exception {
    Document document = new DocumentParser().parse("ah ah", "en");
    List<Reading> vowel = List.of(new Reading(List.of(List.of(new int[] {2}))));
    PhoneContexts contexts = new PhoneContexts(0);
    SongTrellis.Graph graph =
        SongTrellis.of(
            document, SongPlan.of(document), List.of(vowel, vowel), contexts, PHONES, settings(10));
    SongClasses classes = new SongClasses(contexts);
    EmissionScores heard =
        new EmissionScores() {
          @Override
          public int frames() {
            return 55;
          }

          @Override
          public int classes() {
            return classes.count();
          }

          @Override
          public void scores(int frame, float[] target) {
            Arrays.fill(target, frame < 25 || frame >= 30 ? 0 : -dip);
            target[0] = frame < 25 || frame >= 30 ? -2 * LINK_COST : 0;
          }
        };
    int[] path =
        new CheckpointedViterbi(Float.POSITIVE_INFINITY).bestPath(graph.trellis(), heard).nodes();
    return Arrays.stream(path).map(graph.trellis()::wordOf).toArray();
  }

  @Test
  void vocalisesArePartedWhereTheVoicePauses() throws Exception {
    int[] words = wordsOfTwoVowels(1);
    for (int t = 0; t < words.length; t++) {
      assertThat(words[t]).isEqualTo(t < 25 ? 0 : t < 30 ? SongTrellis.PAUSE : 1);
    }
  }

  @Test
  void vocalisesGoOverIntoEachOtherWhereItDoesNot() throws Exception {
    assertThat(wordsOfTwoVowels(-2 * LINK_COST)).containsOnly(0, 1);
  }

  @Test
  void aLineThatCannotBeReadIsPassedOver() {
    Document document = new DocumentParser().parse("ta\n\u05e9\u05dc\nta", "en");
    PhoneContexts contexts = new PhoneContexts(0);
    SongTrellis.Graph graph =
        SongTrellis.of(
            document,
            SongPlan.of(document),
            List.of(TA, List.of(), TA),
            contexts,
            PHONES,
            settings(10));
    assertThat(
            IntStream.range(0, graph.trellis().nodes())
                .map(graph.trellis()::wordOf)
                .filter(w -> w >= 0)
                .distinct())
        .containsExactly(0, 2);
  }

  @Test
  void classesOfHeldPhonesAreThoseOfTheSameSound() {
    PhoneContexts contexts = new PhoneContexts(0);
    int ta = contexts.number(0, 1, 2);
    SongClasses classes = new SongClasses(contexts);
    assertThat(classes.context(classes.held(ta))).isEqualTo(ta);
    assertThat(classes.context(classes.anyVowel(ta))).isEqualTo(ta);
    assertThat(classes.context(ta)).isEqualTo(ta);
    assertThat(classes.context(classes.linePause())).isZero();
    assertThat(classes.context(classes.star())).isEqualTo(-1);
  }
}
