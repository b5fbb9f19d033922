package org.chorale.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;
import org.chorale.text.Word;
import org.junit.jupiter.api.Test;

class ConfidenceTest {

  private final Confidence confidence =
      new Confidence(1, -2, new Confidence.Words(1, -2, 0.25), 0.5, 0.3);

  @Test
  void evidenceBecomesConfidence() {
    assertThat(confidence.ofEvidence(-2)).isEqualTo(0.5);
    assertThat(confidence.ofEvidence(0)).isCloseTo(0.8808, within(1e-4));
    assertThat(confidence.ofEvidence(-50)).isCloseTo(0, within(1e-12));
  }

  @Test
  void aPhoneOfOneFrameSaysLittle() {
    assertThat(Confidence.phoneEvidence(-2, 2)).isEqualTo(-1);
    assertThat(Confidence.phoneEvidence(-1, 1)).isEqualTo(-4);
    assertThat(Confidence.phoneEvidence(-1000, 10)).isEqualTo(-6);
  }

  @Test
  void neighboursHaveAShareInAWordAndMissingWordsHaveNone() {
    double missing = Double.NaN;
    double[] words = confidence.ofWords(new double[] {0, -4, missing, 0, missing});
    assertThat(words[0]).isCloseTo(confidence.ofEvidence(0.25 * -2), within(1e-12));
    assertThat(words[1]).isCloseTo(confidence.ofEvidence(0.75 * -4), within(1e-12));
    assertThat(words[2]).isZero();
    assertThat(words[4]).isZero();
    assertThat(confidence.ofWords(new double[] {-3})[0]).isEqualTo(confidence.ofEvidence(-3));
    // The fifth neighbour is too far away.
    double[] far = confidence.ofWords(new double[] {0, 0, 0, 0, 0, -9});
    assertThat(far[0]).isEqualTo(confidence.ofEvidence(0));
    assertThat(far[1]).isLessThan(far[0]);
  }

  @Test
  void verdicts() {
    assertThat(confidence.verdict(0.5)).isEqualTo(Verdict.OK);
    assertThat(confidence.verdict(0.49)).isEqualTo(Verdict.DOUBTFUL);
    assertThat(confidence.verdict(0.29)).isEqualTo(Verdict.MISMATCH);
    assertThat(confidence.verdict(0)).isEqualTo(Verdict.MISMATCH);
  }

  @Test
  void halfATextIsDoubtfulAndHardlyAllThatIsSaid() throws Exception {
    Document document =
        new DocumentReader().parse(new TextFile("t", TextFormat.PLAIN, "one two three four"), "en");
    List<AlignedWord> words = new ArrayList<>();
    for (Word word : document.words()) {
      boolean found = words.size() < 2;
      words.add(
          new AlignedWord(
              word.text(),
              word.charStart(),
              word.charEnd(),
              word.line(),
              found ? WordStatus.ALIGNED : WordStatus.MISSING,
              found ? words.size() : Double.NaN,
              found ? words.size() + 1 : Double.NaN,
              1,
              List.of()));
    }
    double found = confidence.ofEvidence(-0.1);
    Confidence.OfText half = confidence.ofText(-0.8, 8, words, document);
    assertThat(half.confidence()).isCloseTo(found / 8, within(1e-12));
    assertThat(half.verdict()).isEqualTo(Verdict.DOUBTFUL);
    Confidence.OfText disordered = confidence.ofText(-0.8, 8, words, document, 2);
    assertThat(disordered.confidence()).isCloseTo(found / 8 / 256, within(1e-12));
    assertThat(disordered.verdict()).isEqualTo(Verdict.MISMATCH);
    // Half of what is missing: a quarter of the way from the third power to the eighth.
    assertThat(confidence.ofText(-0.8, 8, words, document, 1).confidence())
        .isCloseTo(found / 8 * Math.pow(0.75, 4.25), within(1e-12));
    assertThat(confidence.ofText(0, 0, List.of(), document).verdict()).isEqualTo(Verdict.MISMATCH);
  }

  @Test
  void biasIsLookedUpByBroadClasses() {
    TransitionBias bias =
        TransitionBias.of(List.of("silence", "stop", "vowel", "stop"), Map.of("vowel stop", 4.0));
    assertThat(bias.seconds(2, 1)).isEqualTo(0.004);
    assertThat(bias.seconds(2, 3)).isEqualTo(0.004);
    assertThat(bias.seconds(1, 2)).isZero();
    assertThat(bias.seconds(0, 0)).isZero();
  }
}
