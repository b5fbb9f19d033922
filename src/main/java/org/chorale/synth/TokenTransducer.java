package org.chorale.synth;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.chorale.onnx.OnnxSession.LongTensor;

/**
 * The neural transducer: at every step a token of the phone at hand, or a blank, and with it on to
 * the next phone. So every token belongs to one phone and every word's time is known. Thread-safe.
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
   * @param temperature of the sampling; 0 takes the likeliest
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
      for (int count = 0; count < most; count++) {
        int next = next(encoding, before, count >= least, random);
        if (next == codes) {
          break;
        }
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

  private int next(float[] phone, long[] before, boolean mayMoveOn, SplittableRandom random) {
    float[] logits =
        session
            .run(
                Map.of(
                    "phone", new FloatTensor(phone, new long[] {1, phone.length}),
                    "history", new LongTensor(before, new long[] {1, history})),
                "logits")
            .values();
    if (!mayMoveOn) {
      logits[codes] = Float.NEGATIVE_INFINITY;
    }
    int best = 0;
    for (int c = 1; c < logits.length; c++) {
      best = logits[c] > logits[best] ? c : best;
    }
    if (temperature <= 0) {
      return best;
    }
    double sum = 0;
    double[] share = new double[logits.length];
    for (int c = 0; c < logits.length; c++) {
      share[c] = Math.exp((logits[c] - logits[best]) / temperature);
      sum += share[c];
    }
    double at = random.nextDouble() * sum;
    for (int c = 0; c < share.length; c++) {
      at -= share[c];
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
