package org.chorale.synth;

/**
 * Parts the tokens of a recording among its words: a token belongs to the word in which its middle
 * lies; what lies between words is a group of no word. Groups come in order and together hold every
 * token once. Not thread-safe.
 */
public final class TokenGroups implements SemanticTokenizer.Sink<java.io.IOException> {

  /** What takes the groups. */
  public interface Sink {
    /**
     * A group.
     *
     * @param word index of the word, -1 for what lies between words
     */
    void group(int word, WordTokens tokens) throws java.io.IOException;
  }

  private static final double TOKEN_SECONDS = Durations.TOKEN_SECONDS;

  private final double[] starts;
  private final double[] ends;
  private final Sink sink;
  private final int longestGap;
  private int word;
  private int open = Integer.MIN_VALUE;
  private WordTokens.Builder builder;

  /**
   * Groups by words.
   *
   * @param starts when every word starts, seconds, in order; NaN for one that is not heard
   * @param ends when it ends
   * @param longestGap tokens at most in a group of no word
   */
  public TokenGroups(double[] starts, double[] ends, int longestGap, Sink sink) {
    this.starts = starts;
    this.ends = ends;
    this.longestGap = longestGap;
    this.sink = sink;
  }

  @Override
  public void token(long index, int token, float[] features) throws java.io.IOException {
    double middle = (index + 0.5) * TOKEN_SECONDS;
    while (word < starts.length && !(ends[word] > middle)) {
      pass(index, features.length);
      word++;
    }
    int own = word < starts.length && starts[word] <= middle ? word : -1;
    if (own != open || (own < 0 && builder.count() >= longestGap)) {
      close();
      open = own;
      builder = new WordTokens.Builder(index, features.length);
    }
    builder.add(token, features);
  }

  /** A word that is over: one too short for a token has an empty group. */
  private void pass(long index, int width) throws java.io.IOException {
    if (open != word) {
      close();
      sink.group(word, new WordTokens.Builder(index, width).build());
    }
  }

  private void close() throws java.io.IOException {
    if (builder != null) {
      sink.group(open, builder.build());
    }
    builder = null;
    open = Integer.MIN_VALUE;
  }

  /**
   * Ends the last group; words that come after the recording have empty ones.
   *
   * @param tokens number of all tokens
   */
  public void finish(long tokens) throws java.io.IOException {
    int last = open;
    close();
    for (int w = Math.max(word, last + 1); w < starts.length; w++) {
      sink.group(w, new WordTokens(tokens, new int[0], new float[0]));
    }
  }
}
