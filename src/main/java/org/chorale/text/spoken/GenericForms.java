package org.chorale.text.spoken;

import com.ibm.icu.text.DecimalFormatSymbols;
import com.ibm.icu.util.ULocale;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A language without rules of its own: numbers as ICU spells them where it knows the language,
 * letters as they are.
 */
final class GenericForms extends IcuForms {

  private static final Pattern NO_ORDINALS = Pattern.compile("(?!)()");
  private static final int MOST_RULES = 4;

  private final String language;

  GenericForms(String language) {
    super(language);
    this.language = language;
  }

  @Override
  List<String> cardinalRules() {
    List<String> cardinals =
        speller().ruleSets().stream()
            .filter(r -> r.startsWith("%spellout-cardinal"))
            .limit(MOST_RULES)
            .toList();
    if (!speller().ruleSets().contains("%spellout-numbering")) {
      return cardinals;
    }
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of("%spellout-numbering"), cardinals.stream())
        .toList();
  }

  @Override
  List<String> ordinalRules() {
    return speller().ruleSets().stream()
        .filter(r -> r.startsWith("%spellout-ordinal"))
        .limit(MOST_RULES)
        .toList();
  }

  @Override
  String countingRule(char gender) {
    return "%spellout-numbering";
  }

  @Override
  Pattern ordinalPattern() {
    return NO_ORDINALS;
  }

  @Override
  boolean readsFractionAsNumber() {
    return false;
  }

  @Override
  public char decimalSeparator() {
    return speller().isAvailable()
            && DecimalFormatSymbols.getInstance(new ULocale(language)).getDecimalSeparator() == ','
        ? ','
        : '.';
  }
}
