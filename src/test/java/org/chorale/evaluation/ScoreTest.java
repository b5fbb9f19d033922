package org.chorale.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.chorale.align.AlignedWord;
import org.chorale.align.WordStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreTest {

  @TempDir private Path folder;

  private static AlignedWord word(String text, double start, double end) {
    boolean missing = Double.isNaN(start);
    return new AlignedWord(
        text,
        0,
        text.length(),
        0,
        missing ? WordStatus.MISSING : WordStatus.ALIGNED,
        start,
        end,
        missing ? 0 : 1,
        List.of());
  }

  private List<TruthWord> truth(String tsv) throws IOException {
    return TruthReader.read(Files.writeString(folder.resolve("t.tsv"), tsv));
  }

  /** The expected figures are those of the project's scorer on the same words. */
  @Test
  void figuresAreThoseOfTheScorer() throws IOException {
    List<TruthWord> truth =
        truth(
            "start_s\tend_s\tword\n0.10\t0.30\tThe\n0.30\t0.71\tQuick,\n0.80\t1.20\tfox\n"
                + "1.20\t1.50\tÉté\n1.9\t\tthe\n2.5\t2.9\tend.\n");
    List<AlignedWord> words =
        List.of(
            word("The", 0.112, 0.290),
            word("quick", 0.290, 0.720),
            word("—", 0.72, 0.80),
            word("fox", 0.79, 1.31),
            word("ete", 1.31, 1.52),
            word("the", Double.NaN, Double.NaN),
            word("end", 3.1, 3.2));

    Figures f = Figures.of(Score.of(truth, words, false));

    assertThat(f.words()).isEqualTo(6);
    assertThat(f.missed()).isEqualTo(1);
    assertThat(f.meanMs()).isCloseTo(119.2, within(0.001));
    assertThat(f.medianMs()).isCloseTo(12.0, within(0.001));
    assertThat(f.biasMs()).isCloseTo(140.4, within(0.001));
    assertThat(f.within10()).isCloseTo(36.363636, within(1e-5));
    assertThat(f.within25()).isCloseTo(54.545454, within(1e-5));
    assertThat(f.within100()).isCloseTo(54.545454, within(1e-5));
    assertThat(f.f1()).isCloseTo(0.571428, within(1e-5));
    assertThat(f.derailed()).isCloseTo(33.333333, within(1e-5));
    assertThat(f.startErrorSeconds()).isCloseTo(0.1484, within(1e-6));
    assertThat(f.startsWithin300()).isCloseTo(66.666666, within(1e-5));
    assertThat(f.row("a")).startsWith("a  ").contains(" 119.2 ").contains(" 0.571 ");
  }

  @Test
  void pairingTakesTheLongestRunsInOrder() {
    assertThat(
            WordPairing.of(
                List.of("a", "b", "c", "x", "a", "b"), List.of("z", "a", "b", "c", "a", "b")))
        .containsExactly(1, 2, 3, -1, 4, 5);
    assertThat(WordPairing.of(List.of(), List.of("a"))).isEmpty();
    assertThat(WordPairing.of(List.of("a"), List.of())).containsExactly(-1);
  }

  @Test
  void pairingOfALongTextIsNoLongRecursion() {
    List<String> left = new ArrayList<>();
    List<String> right = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      left.add("w" + i);
      left.add("l" + i);
      right.add("w" + i);
      right.add("r" + i);
    }
    int[] partner = WordPairing.of(left, right);
    assertThat(partner[5998]).isEqualTo(5998);
    assertThat(partner[5999]).isEqualTo(-1);
  }

  @Test
  void pooledF1IsWeightedByWords() {
    Score one = new Score(new double[] {0}, new double[] {0, 0}, 0, 1);
    Score three = new Score(new double[] {0, 0, 0}, new double[6], 0, 0.2);
    assertThat(Score.pooled(List.of(one, three)).f1At20Ms()).isCloseTo(0.4, within(1e-12));
  }

  @Test
  void manifestsSayWhatTheyLack() throws IOException {
    Path manifest = folder.resolve("manifest.tsv");
    Files.writeString(manifest, "audio\ttext\n");
    assertThatThrownBy(() -> TruthSet.read(manifest)).hasMessageContaining("no column 'words_tsv'");
    Files.writeString(manifest, "audio\ttext\twords_tsv\n");
    assertThatThrownBy(() -> TruthSet.read(manifest)).hasMessageContaining("lists no recording");
    Files.writeString(manifest, "audio\ttext\twords_tsv\na.wav\ta.txt\n");
    assertThatThrownBy(() -> TruthSet.read(manifest)).hasMessageContaining("Line 2");
    Files.writeString(manifest, "audio\ttext\twords_tsv\tlanguage\na.wav\ta.txt\ta.tsv\ten\n");
    assertThat(TruthSet.read(manifest).items())
        .containsExactly(
            new TruthSet.Item(
                folder.resolve("a.wav"), folder.resolve("a.txt"), folder.resolve("a.tsv"), "en"));
    assertThatThrownBy(() -> truth("start\tend\tword\n")).hasMessageContaining("no timed word");
  }
}
