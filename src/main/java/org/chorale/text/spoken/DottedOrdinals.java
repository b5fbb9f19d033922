package org.chorale.text.spoken;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells an ordinal written with a full stop ("der 2. Weltkrieg") from a number that ends a sentence
 * ("Das war Kapitel 2. Er las weiter."), where capitals do not, because nouns have them as well.
 */
final class DottedOrdinals {

  private static final Pattern NUMBER = Pattern.compile("(\\d{1,3})\\.");
  private static final int LAST_DAY = 31;

  private final Lexicon lexicon;

  DottedOrdinals(Lexicon lexicon) {
    this.lexicon = lexicon;
  }

  /** Whether a word is such an ordinal; never in a language that has none. */
  boolean isOrdinal(TokenLine line, int i) {
    Token token = line.at(i);
    Token next = line.at(i + 1);
    if (lexicon.set("beforeOrdinal").isEmpty() || token.closed() || next.isEmpty()) {
      return false;
    }
    Matcher number = NUMBER.matcher(token.withDot());
    if (number.matches()) {
      return isNumber(Integer.parseInt(number.group(1)), line, i);
    }
    // "Ludwig XIV. König von Frankreich"
    return token.dotted()
        && token.isUpperCase()
        && Roman.isNumeral(token.core())
        && line.at(i - 1).isCapitalised()
        && !line.at(i - 1).isUpperCase()
        && !lexicon.startsSentence(next);
  }

  private boolean isNumber(int number, TokenLine line, int i) {
    Token next = line.at(i + 1);
    String before = line.at(i - 1).lower();
    if (next.isLowerCase() || number <= LAST_DAY && lexicon.month(next.core()) > 0) {
      return true;
    }
    if (lexicon.startsSentence(next)) {
      return false;
    }
    boolean counted = lexicon.has("century", next.lower()) || lexicon.has("numbered", next.lower());
    return before.isEmpty() // "3. Platz"
        || lexicon.has("beforeOrdinal", before)
        || counted && !lexicon.has("numbered", before)
        || number <= LAST_DAY && next.startsWithDigit() && next.dotted()
        || NUMBER.matcher(line.at(i - 1).withDot()).matches() // "der 1., 2. und 3. Platz"
        || NUMBER.matcher(line.at(i - 2).withDot()).matches() && lexicon.has("common", before);
  }
}
