package org.chorale.synth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenGroupsTest {

  private final List<String> found = new ArrayList<>();

  private void group(int word, WordTokens group) {
    found.add(word + "@" + group.first() + Arrays.toString(group.tokens()));
  }

  private void run(double[] starts, double[] ends, int tokens) throws IOException {
    TokenGroups groups = new TokenGroups(starts, ends, 3, this::group);
    for (int t = 0; t < tokens; t++) {
      groups.token(t, t, new float[] {t, 1});
    }
    groups.finish(tokens);
  }

  @Test
  void partsTokensByTheirMiddles() throws IOException {
    run(new double[] {0.04, 0.081}, new double[] {0.081, 0.12}, 8);
    assertThat(found).containsExactly("-1@0[0, 1]", "0@2[2, 3]", "1@4[4, 5]", "-1@6[6, 7]");
  }

  @Test
  void noWordIsLost() throws IOException {
    run(
        new double[] {0.001, 0.02, Double.NaN, 0.09, 5},
        new double[] {0.005, 0.06, Double.NaN, 0.12, 6},
        6);
    assertThat(found)
        .containsExactly("0@0[]", "-1@0[0]", "1@1[1, 2]", "2@3[]", "-1@3[3]", "3@4[4, 5]", "4@6[]");
  }

  @Test
  void longGapsAreCut() throws IOException {
    run(new double[0], new double[0], 7);
    assertThat(found).containsExactly("-1@0[0, 1, 2]", "-1@3[3, 4, 5]", "-1@6[6]");
  }

  @Test
  void anEmbeddingIsTheMean() throws IOException {
    List<float[]> means = new ArrayList<>();
    TokenGroups groups =
        new TokenGroups(
            new double[] {0}, new double[] {0.06}, 9, (w, g) -> means.add(g.embedding()));
    for (int t = 0; t < 3; t++) {
      groups.token(t, t, new float[] {t, 1});
    }
    groups.finish(3);
    assertThat(means).hasSize(1);
    assertThat(means.get(0)).containsExactly(1, 1);
  }
}
