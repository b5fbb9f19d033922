package org.chorale.text.spoken;

import java.util.List;

/** One way to read written words. */
interface TokenRule {

  /**
   * Reads the word at {@code i}, or several from there on.
   *
   * @return readings for the words from {@code i} on, one entry a word; empty if the rule does not
   *     apply
   */
  List<Readings> apply(TokenLine line, int i);
}
