package org.chorale.text.spoken;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Roman numerals where the words around say that they are: "Louis XIV", "Chapter IV". */
final class RomanRule implements TokenRule {

  private static final Pattern SHAPE = Pattern.compile("([IVXLCDM]+)(e|er|ème|º|ª|°)?");

  private final SpokenForms forms;
  private final TokenRule words;

  /**
   * A rule.
   *
   * @param words how a numeral is read if it is a word after all
   */
  RomanRule(SpokenForms forms, TokenRule words) {
    this.forms = forms;
    this.words = words;
  }

  @Override
  public List<Readings> apply(TokenLine line, int i) {
    Token token = line.at(i);
    Matcher shape = SHAPE.matcher(token.core());
    if (!shape.matches() || !Roman.isNumeral(shape.group(1))) {
      return List.of();
    }
    String numeral = shape.group(1);
    Lexicon lexicon = forms.lexicon();
    long value = Roman.value(numeral);
    Token before = line.at(i - 1);
    Token after = line.at(i + 1);
    if (lexicon.has("century", after.lower())) {
      return List.of(forms.ordinal(value).first(4).or(forms.cardinal(value)));
    }
    if (lexicon.has("century", before.lower())) {
      return List.of(forms.regnal(value).or(forms.ordinal(value)));
    }
    if (shape.group(2) != null) {
      // "Le", "De", "Ce" are words; "Ier", "Ve", "Xe" are not.
      if (numeral.length() == 1 && !token.core().matches("Ier|V[eº°ª]|X[eº°ª]")) {
        return List.of();
      }
      return List.of(forms.ordinal(value).or(forms.cardinal(value)));
    }
    if (lexicon.has("numbered", before.lower()) && !before.closed()) {
      return List.of(forms.cardinal(value).first(2).or(forms.ordinal(value)));
    }
    boolean ambiguous = numeral.length() == 1 || lexicon.has("romanWord", numeral);
    if (isName(line, i - 1) && numeral.equals("I") && !lexicon.has("oneletter", "i")) {
      return List.of(forms.regnal(1).first(6).or(word(line, i).first(1)));
    }
    if (isName(line, i - 1) && !numeral.equals("I") && value < 40 && !line.upperCase()) {
      return List.of(forms.regnal(value).first(6).or(word(line, i).first(1)));
    }
    if (isName(line, i - 1) && lexicon.has("ruler", before.lower())) {
      return List.of(forms.regnal(value).first(6).or(word(line, i).first(1)));
    }
    if (ambiguous || value > 39) {
      return List.of();
    }
    return List.of(
        forms.cardinal(value).first(2).or(forms.ordinal(value).first(2)).or(word(line, i)));
  }

  private Readings word(TokenLine line, int i) {
    List<Readings> readings = words.apply(line, i);
    return readings.isEmpty() ? Readings.none() : readings.get(0);
  }

  /** A capitalised word of more than one letter that is not just the start of a sentence. */
  private boolean isName(TokenLine line, int i) {
    Token token = line.at(i);
    return token.isCapitalised()
        && !token.isUpperCase()
        && !token.dotted()
        && !token.closed()
        && !forms.lexicon().has("common", token.lower());
  }
}
