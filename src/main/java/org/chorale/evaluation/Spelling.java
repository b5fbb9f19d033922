package org.chorale.evaluation;

import java.text.Normalizer;
import java.util.Locale;

/** What is compared of a word when truth and result are paired: letters and digits, lower case. */
final class Spelling {

  private Spelling() {}

  /** The spelling of a word; empty when it holds no letter or digit. */
  static String of(String word) {
    String decomposed = Normalizer.normalize(word, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
    StringBuilder out = new StringBuilder();
    decomposed
        .codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || c == '_' || isNumber(c))
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static boolean isNumber(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.OTHER_NUMBER || type == Character.LETTER_NUMBER;
  }
}
