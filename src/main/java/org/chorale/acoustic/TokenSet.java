package org.chorale.acoustic;

import java.util.List;

/**
 * The classes of a CTC model.
 *
 * @param symbols token of every class, blank among them
 * @param blank index of blank
 * @param separator index of the token between words, -1 where there is none
 */
public record TokenSet(List<String> symbols, int blank, int separator) {

  /** No separator. */
  public static final int NONE = -1;

  /** Takes an immutable copy. */
  public TokenSet {
    symbols = List.copyOf(symbols);
    if (blank < 0 || blank >= symbols.size() || separator < NONE || separator >= symbols.size()) {
      throw new IllegalArgumentException("blank or separator is no token");
    }
  }
}
