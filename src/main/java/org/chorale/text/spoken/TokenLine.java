package org.chorale.text.spoken;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The written words of one line.
 *
 * @param tokens one a whitespace-separated word, in order; empty where a word is not spoken
 * @param upperCase whether the whole line is in capitals, so that capitals mean nothing
 */
record TokenLine(List<Token> tokens, boolean upperCase) {

  TokenLine {
    tokens = List.copyOf(tokens);
  }

  /** The token at a position, or {@link Token#none()} outside the line. */
  Token at(int i) {
    return i >= 0 && i < tokens.size() ? tokens.get(i) : Token.none();
  }

  /** The same words written otherwise. */
  TokenLine with(UnaryOperator<String> writing) {
    return new TokenLine(
        tokens.stream().map(t -> Token.of(writing.apply(t.raw()))).toList(), upperCase);
  }

  int size() {
    return tokens.size();
  }
}
