package org.chorale.synth;

import java.util.Arrays;
import java.util.Map;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.chorale.onnx.OrtRuntime;

/** Recordings to semantic tokens, one for 20 ms, as a stream. Thread-safe. */
public final class SemanticTokenizer implements AutoCloseable {

  /** Samples a token stands for. */
  public static final int TOKEN_SAMPLES = 320;

  private static final int RUN_TOKENS = 500;

  private final OnnxSession session;
  private final int context;

  private SemanticTokenizer(OnnxSession session, int context) {
    this.session = session;
    this.context = context;
  }

  /**
   * Loads the model.
   *
   * @throws ModelException when it is missing or broken
   */
  public static SemanticTokenizer load(ModelFolder folder, OrtRuntime runtime)
      throws ModelException {
    int context = folder.manifest().json().path("tokenizerContextSamples").asInt(-1);
    if (context < 0) {
      throw folder.broken("'tokenizerContextSamples' is missing");
    }
    return new SemanticTokenizer(
        runtime.open("tokenizer.onnx", folder.read("tokenizer.onnx")), context);
  }

  /** What takes the tokens, in order. */
  @FunctionalInterface
  public interface Sink<X extends Exception> {
    /**
     * A token.
     *
     * @param index which one; it stands for the 20 ms from {@code index * 0.02} s
     * @param token 0 to 511
     * @param features the projected hidden layer that the token is a cluster of; may be kept
     */
    void token(long index, int token, float[] features) throws X;
  }

  /**
   * Reads a recording to its end.
   *
   * @return number of tokens; what is left of the last 20 ms has none
   * @throws AudioException when it cannot be decoded
   */
  public <X extends Exception> long tokens(AudioSource source, Sink<X> sink)
      throws AudioException, X {
    float[] window = new float[RUN_TOKENS * TOKEN_SAMPLES + 2 * context];
    int filled = context; // silence before the first sample
    long done = 0;
    long samples = 0;
    boolean ended = false;
    while (!ended) {
      while (filled < window.length) {
        int read = source.read(window, filled, window.length - filled);
        if (read < 0) {
          ended = true;
          break;
        }
        filled += read;
        samples += read;
      }
      int run = RUN_TOKENS;
      if (ended) {
        run = (int) Math.min(RUN_TOKENS, samples / TOKEN_SAMPLES - done);
        Arrays.fill(window, filled, window.length, 0);
      }
      done += run(window, run, done, sink);
      int keep = 2 * context;
      System.arraycopy(window, RUN_TOKENS * TOKEN_SAMPLES, window, 0, keep);
      filled = Math.max(0, filled - RUN_TOKENS * TOKEN_SAMPLES);
      if (ended && samples / TOKEN_SAMPLES > done) {
        // What was read beyond the run is shorter than the context: one more run takes it.
        Arrays.fill(window, Math.max(filled, 0), window.length, 0);
        done += run(window, (int) (samples / TOKEN_SAMPLES - done), done, sink);
      }
    }
    return done;
  }

  /**
   * What is heard of a recording.
   *
   * @param tokens one for 20 ms
   * @param features of every token, one row after the other
   */
  @SuppressWarnings("ArrayRecordComponent") // a view, never compared
  record Heard(int[] tokens, float[] features) {}

  /** Hears a recording that is in memory; what is left of the last 20 ms has no token. */
  Heard hear(float[] samples) {
    int[] tokens = new int[samples.length / TOKEN_SAMPLES];
    float[][] rows = new float[tokens.length][];
    for (int first = 0; first < tokens.length; first += RUN_TOKENS) {
      int count = Math.min(RUN_TOKENS, tokens.length - first);
      float[] window = new float[count * TOKEN_SAMPLES + 2 * context];
      int from = first * TOKEN_SAMPLES - context;
      int begin = Math.max(0, from);
      int end = Math.min(samples.length, from + window.length);
      System.arraycopy(samples, begin, window, begin - from, end - begin);
      run(
          window,
          count,
          first,
          (index, token, features) -> {
            tokens[(int) index] = token;
            rows[(int) index] = features;
          });
    }
    int width = rows.length == 0 ? 0 : rows[0].length;
    float[] features = new float[rows.length * width];
    for (int t = 0; t < rows.length; t++) {
      System.arraycopy(rows[t], 0, features, t * width, width);
    }
    return new Heard(tokens, features);
  }

  private <X extends Exception> int run(float[] window, int tokens, long first, Sink<X> sink)
      throws X {
    if (tokens <= 0) {
      return 0;
    }
    int length = tokens * TOKEN_SAMPLES + 2 * context;
    FloatTensor out =
        session.run(
            Map.of(
                "samples", new FloatTensor(Arrays.copyOf(window, length), new long[] {1, length})),
            "frames");
    int columns = (int) out.shape()[2];
    for (int t = 0; t < tokens; t++) {
      float[] row = Arrays.copyOfRange(out.values(), t * columns, (t + 1) * columns);
      sink.token(first + t, Math.round(row[columns - 1]), Arrays.copyOf(row, columns - 1));
    }
    return tokens;
  }

  @Override
  public void close() {
    session.close();
  }
}
