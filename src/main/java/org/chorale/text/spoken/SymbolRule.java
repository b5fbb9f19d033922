package org.chorale.text.spoken;

import java.util.List;

/** Words without a letter or digit: "&", "%", "§"; dashes and dots say nothing. */
final class SymbolRule implements TokenRule {

  private final Lexicon lexicon;

  SymbolRule(Lexicon lexicon) {
    this.lexicon = lexicon;
  }

  @Override
  public List<Readings> apply(TokenLine line, int i) {
    Token token = line.at(i);
    boolean beforeNumber = line.at(i + 1).startsWithDigit();
    boolean afterNumber = line.at(i - 1).startsWithDigit();
    String symbol = token.isEmpty() ? token.raw() : token.core();
    Noun currency = token.isCurrencyMark() ? lexicon.currency(symbol) : null;
    if (currency != null && beforeNumber && !afterNumber && !token.closed()) {
      return List.of(Readings.none());
    }
    if (token.hasLetter() || token.hasDigit()) {
      return List.of();
    }
    if (currency != null) {
      return List.of(currency.many());
    }
    if (symbol.equals("-") && line.at(i - 1).hasDigit() && line.at(i - 1).core().length() < 5) {
      // "5 - 3": a minus, a range or a score, or nothing said: only the first two can be named.
      return List.of(
          beforeNumber ? lexicon.phrase("minus").or(lexicon.phrase("to")) : Readings.none());
    }
    return List.of(lexicon.symbol(symbol));
  }
}
