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
 * <p>A step sees the tokens before, how many of them are of this phone, and what the parallel way's
 * net knows of a frame that far into the phone, were the phone as long as expected. A phone ends
 * when it more likely has ended than not: the product of the steps' chances to go on falls below
 * one half. The likeliest symbol of each step would never be the blank of a phone that ends at any
 * one of its frames with a quarter's chance. Thread-safe.
 */
final class TokenTransducer implements TokenModel, AutoCloseable {

  /** No phone has more tokens than this times its expected length: nothing runs away. */
  private static final double LONGEST = 2.5;

  private static final double SHORTEST = 0.4;

  private final OnnxSession session;
  private final FrameModel frames;
  private final int codes;
  private final int history;
  private final double temperature;

  /**
   * A transducer.
   *
   * @param frames stays the caller's
   * @param codes number of tokens, which stands for the start of the history, too
   * @param history tokens that the model looks back on
   * @param temperature of the tokens' sampling; 0 takes the likeliest
   */
  TokenTransducer(
      OnnxSession session, FrameModel frames, int codes, int history, double temperature) {
    this.session = session;
    this.frames = frames;
    this.codes = codes;
    this.history = history;
    this.temperature = temperature;
  }

  @Override
  public TokenPlan plan(Encoding sentence, SpeechSettings settings) {
    double[] expected = Durations.seconds(sentence, 1);
    double[] wanted = Durations.seconds(sentence, settings.rate());
    int[] planned = Durations.tokens(expected);
    float[] hidden = frames.hidden(sentence, planned).values();
    SplittableRandom random = new SplittableRandom(settings.seed());
    long[] before = new long[history];
    Arrays.fill(before, codes);
    int[] counts = new int[expected.length];
    int[] tokens = new int[64];
    int total = 0;
    int firstFrame = 0; // of the phone in the plan
    for (int phone = 0; phone < expected.length; phone++) {
      float[] encoding = sentence.of(phone);
      double typical = expected[phone] / Durations.TOKEN_SECONDS;
      int most = Math.max(2, (int) Math.ceil(LONGEST * typical));
      int least = Math.max(1, (int) Math.floor(SHORTEST * typical));
      int first = total;
      double goesOn = 1; // how likely the phone has not ended yet
      while (total - first < most) {
        int frame = firstFrame + Math.min(total - first, planned[phone] - 1);
        float[] logits =
            step(
                Arrays.copyOfRange(hidden, frame * encoding.length, (frame + 1) * encoding.length),
                encoding,
                place(total - first, typical),
                before);
        goesOn *= 1 / (1 + Math.exp(logits[codes]));
        if (total - first >= least && goesOn < 0.5) {
          break;
        }
        int next = choose(logits, random);
        if (total == tokens.length) {
          tokens = Arrays.copyOf(tokens, 2 * total);
        }
        tokens[total++] = next;
        System.arraycopy(before, 1, before, 0, history - 1);
        before[history - 1] = next;
      }
      firstFrame += planned[phone];
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

  /** How far a phone is when it has some tokens; as train/textnet.py tells the model. */
  private static float[] place(int count, double expected) {
    return new float[] {
      Math.min(40, count) / 10f,
      (float) Math.min(4, (count + 0.5) / expected),
      (float) (Math.log(expected) / 2),
      (float) Math.max(-4, Math.min(4, (count - expected) / 3))
    };
  }

  /** Logits of every token and, last, the log odds that the phone has ended. */
  private float[] step(float[] frame, float[] phone, float[] place, long[] before) {
    return session
        .run(
            Map.of(
                "frame", row(frame),
                "phone", row(phone),
                "place", row(place),
                "history", new LongTensor(before, new long[] {1, history})),
            "logits")
        .values();
  }

  private static FloatTensor row(float[] values) {
    return new FloatTensor(values, new long[] {1, values.length});
  }

  private int choose(float[] logits, SplittableRandom random) {
    int best = 0;
    for (int c = 1; c < codes; c++) {
      best = logits[c] > logits[best] ? c : best;
    }
    if (temperature <= 0) {
      return best;
    }
    double[] share = new double[codes];
    double sum = 0;
    for (int c = 0; c < codes; c++) {
      share[c] = Math.exp((logits[c] - logits[best]) / temperature);
      sum += share[c];
    }
    double at = random.nextDouble() * sum;
    for (int c = 0; c < codes; c++) {
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
