package org.chorale.synth;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.chorale.onnx.OnnxSession.LongTensor;

/**
 * The neural transducer: at every step a token of the phone at hand, or a blank, and with it on to
 * the next phone. So every token belongs to one phone and every word's time is known.
 *
 * <p>A phone ends when it more likely has ended than not: the product of the steps' chances to go
 * on falls below one half. The likeliest symbol of each step would never be the blank of a phone
 * that ends at any one of its frames with a quarter's chance. Thread-safe.
 */
final class TokenTransducer implements TokenModel, AutoCloseable {

  /** No phone has more tokens than this times its expected length: nothing runs away. */
  private static final double LONGEST = 2.5;

  private static final double SHORTEST = 0.4;

  private final OnnxSession session;
  private final int codes;
  private final int history;
  private final double temperature;

  /**
   * A transducer.
   *
   * @param codes number of tokens, which is the blank, too, and the start of the history
   * @param history tokens that the model looks back on
   * @param temperature of the tokens' sampling; 0 takes the likeliest
   */
  TokenTransducer(OnnxSession session, int codes, int history, double temperature) {
    this.session = session;
    this.codes = codes;
    this.history = history;
    this.temperature = temperature;
  }

  @Override
  public TokenPlan plan(Encoding sentence, SpeechSettings settings) {
    double[] expected = Durations.seconds(sentence, 1);
    double[] wanted = Durations.seconds(sentence, settings.rate());
    SplittableRandom random = new SplittableRandom(settings.seed());
    long[] before = new long[history];
    Arrays.fill(before, codes);
    int[] counts = new int[expected.length];
    int[] tokens = new int[64];
    int total = 0;
    for (int phone = 0; phone < expected.length; phone++) {
      float[] encoding = sentence.of(phone);
      double typical = expected[phone] / Durations.TOKEN_SECONDS;
      int most = Math.max(2, (int) Math.ceil(LONGEST * typical));
      int least = Math.max(1, (int) Math.floor(SHORTEST * typical));
      int first = total;
      double goesOn = 1; // how likely the phone has not ended yet
      while (total - first < most) {
        double[] share = shares(encoding, before);
        goesOn *= 1 - share[codes];
        if (total - first >= least && goesOn < 0.5) {
          break;
        }
        int next = choose(share, random);
        if (total == tokens.length) {
          tokens = Arrays.copyOf(tokens, 2 * total);
        }
        tokens[total++] = next;
        System.arraycopy(before, 1, before, 0, history - 1);
        before[history - 1] = next;
      }
      counts[phone] = total - first;
      double stretch = wanted[phone] / expected[phone];
      if (stretch != 1) {
        int own = Math.max(1, (int) Math.round(counts[phone] * stretch));
        int[] said = Arrays.copyOfRange(tokens, first, total);
        total = first + own;
        tokens = total > tokens.length ? Arrays.copyOf(tokens, 2 * total) : tokens;
        for (int k = 0; k < own; k++) {
          tokens[first + k] = said[(int) ((k + 0.5) * said.length / own)];
        }
        counts[phone] = own;
      }
    }
    return new TokenPlan(counts, Arrays.copyOf(tokens, total));
  }

  /** Probabilities of every token and, last, of the blank. */
  private double[] shares(float[] phone, long[] before) {
    float[] logits =
        session
            .run(
                Map.of(
                    "phone", new FloatTensor(phone, new long[] {1, phone.length}),
                    "history", new LongTensor(before, new long[] {1, history})),
                "logits")
            .values();
    float largest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double[] share = new double[logits.length];
    double sum = 0;
    for (int c = 0; c < share.length; c++) {
      share[c] = Math.exp(logits[c] - largest);
      sum += share[c];
    }
    for (int c = 0; c < share.length; c++) {
      share[c] /= sum;
    }
    return share;
  }

  private int choose(double[] share, SplittableRandom random) {
    int best = 0;
    for (int c = 1; c < codes; c++) {
      best = share[c] > share[best] ? c : best;
    }
    if (temperature <= 0) {
      return best;
    }
    double[] sharpened = new double[codes];
    double sum = 0;
    for (int c = 0; c < codes; c++) {
      sharpened[c] = Math.pow(share[c], 1 / temperature);
      sum += sharpened[c];
    }
    double at = random.nextDouble() * sum;
    for (int c = 0; c < codes; c++) {
      at -= sharpened[c];
      if (at < 0) {
        return c;
      }
    }
    return best;
  }

  @Override
  public void close() {
    session.close();
  }
}
