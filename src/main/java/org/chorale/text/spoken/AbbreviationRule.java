package org.chorale.text.spoken;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Abbreviations of the lexicon, of one or several words. */
final class AbbreviationRule implements TokenRule {

  private final Lexicon lexicon;

  AbbreviationRule(Lexicon lexicon) {
    this.lexicon = lexicon;
  }

  @Override
  public List<Readings> apply(TokenLine line, int i) {
    Token token = line.at(i);
    if (token.isEmpty()) {
      return List.of();
    }
    List<Abbreviation> found = new ArrayList<>();
    collect(token.withDot(), line, i, found);
    collect(token.core(), line, i, found);
    collect(token.core() + ".", line, i, found);
    if (found.isEmpty() && (line.upperCase() || token.isCapitalised())) {
      collect(token.withDot().toLowerCase(Locale.ROOT), lower(line), i, found);
    }
    if (found.isEmpty()) {
      return List.of();
    }
    // The longest wins: "z. B." before "z.".
    int length = found.stream().mapToInt(a -> a.parts().size()).max().orElse(1);
    List<Readings> all = new ArrayList<>();
    for (int k = 0; k < length; k++) {
      Readings readings = Readings.none();
      for (boolean fitting : new boolean[] {true, false}) {
        for (Abbreviation abbreviation : found) {
          if (abbreviation.parts().size() == length && abbreviation.fits(line, i) == fitting) {
            readings = readings.or(abbreviation.readings().get(k));
          }
        }
      }
      all.add(readings);
    }
    return all;
  }

  private void collect(String first, TokenLine line, int i, List<Abbreviation> found) {
    for (Abbreviation abbreviation : lexicon.abbreviations(first)) {
      if (abbreviation.matches(line, i)
          && !found.contains(abbreviation)
          && (!abbreviation.isStrict() || abbreviation.fits(line, i))) {
        found.add(abbreviation);
      }
    }
  }

  private static TokenLine lower(TokenLine line) {
    return new TokenLine(
        line.tokens().stream()
            .map(
                t -> new Token(t.raw().toLowerCase(Locale.ROOT), t.lower(), t.dotted(), t.closed()))
            .toList(),
        line.upperCase());
  }
}
