package org.chorale.text.spoken;

import java.util.List;

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

  int size() {
    return tokens.size();
  }
}
