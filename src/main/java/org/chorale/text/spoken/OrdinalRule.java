package org.chorale.text.spoken;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ordinals in digits and decades: "2nd", "1er", "3.", "1990s", "'80s". */
final class OrdinalRule implements TokenRule {

  private static final Pattern DECADE = Pattern.compile("'?(\\d{1,3}0)'?(?:s|er|ern)");
  private static final Pattern SHORT_YEAR = Pattern.compile("'(\\d{2})");

  private final SpokenForms forms;

  OrdinalRule(SpokenForms forms) {
    this.forms = forms;
  }

  @Override
  public List<Readings> apply(TokenLine line, int i) {
    String core = line.at(i).core();
    Matcher decade = DECADE.matcher(core);
    if (decade.matches()) {
      long year = Long.parseLong(decade.group(1));
      Readings readings = forms.decade(year);
      return readings.isEmpty() ? List.of() : List.of(readings);
    }
    Matcher shortYear = SHORT_YEAR.matcher(core);
    if (shortYear.matches()) {
      long year = Long.parseLong(shortYear.group(1));
      return List.of(
          forms
              .digits(year < 10 ? shortYear.group(1) : "")
              .or(forms.cardinal(year).first(2))
              .or(forms.year(year < 30 ? 2000 + year : 1900 + year).first(2)));
    }
    return forms.ordinal(line, i).map(List::of).orElse(List.of());
  }
}
