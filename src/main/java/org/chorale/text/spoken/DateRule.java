package org.chorale.text.spoken;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates in digits, and days and abbreviated months beside each other. */
final class DateRule implements TokenRule {

  private static final Pattern ISO = Pattern.compile("(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})");
  private static final Pattern NUMERIC =
      Pattern.compile("(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})");
  private static final Pattern DAY_AND_MONTH = Pattern.compile("(\\d{1,2})\\.(\\d{1,2})\\.");
  private static final Pattern DAY = Pattern.compile("(\\d{1,2})(\\.|\\D{1,3})?");

  private final SpokenForms forms;

  DateRule(SpokenForms forms) {
    this.forms = forms;
  }

  @Override
  public List<Readings> apply(TokenLine line, int i) {
    Token token = line.at(i);
    if (token.startsWithDigit()) {
      Readings date = numeric(token);
      return date.isEmpty() ? day(line, i) : List.of(date);
    }
    return month(line, i);
  }

  private Readings numeric(Token token) {
    Matcher iso = ISO.matcher(token.core());
    if (iso.matches()) {
      return date(number(iso, 3), number(iso, 2), number(iso, 1));
    }
    Matcher numeric = NUMERIC.matcher(token.core());
    if (numeric.matches()) {
      int first = number(numeric, 1);
      int second = number(numeric, 3);
      int year = number(numeric, 4);
      if (numeric.group(4).length() == 2) {
        year += year < 50 ? 2000 : 1900;
      }
      boolean slashes = numeric.group(2).equals("/");
      boolean monthFirst = forms.monthFirst() && slashes && first <= 12 || second > 12;
      Readings likely = monthFirst ? date(second, first, year) : date(first, second, year);
      Readings other =
          forms.monthFirst() && first <= 12 && second <= 12
              ? monthFirst ? date(first, second, year) : date(second, first, year)
              : Readings.none();
      return likely.first(5).or(other);
    }
    Matcher short2 = DAY_AND_MONTH.matcher(token.withDot());
    return short2.matches() && forms.decimalSeparator() == ','
        ? date(number(short2, 1), number(short2, 2), 0)
        : Readings.none();
  }

  private Readings date(int day, int month, int year) {
    return day >= 1 && day <= 31 && month >= 1 && month <= 12
        ? forms.date(day, month, year)
        : Readings.none();
  }

  /** A day of the month beside its name: "July 4", "4 juillet", "4 de julio". */
  private List<Readings> day(TokenLine line, int i) {
    Matcher matcher = DAY.matcher(line.at(i).withDot());
    if (!matcher.matches()) {
      return List.of();
    }
    int day = Integer.parseInt(matcher.group(1));
    int next = i + 1;
    if (forms.lexicon().has("of", line.at(next).lower())) {
      next++;
    }
    boolean before = isMonth(line, next) && !line.at(i).closed();
    boolean after = forms.monthFirst() && isMonth(line, i - 1);
    if (day < 1 || day > 31 || !(before || after)) {
      return List.of();
    }
    String suffix = matcher.group(2);
    if (suffix == null || suffix.equals(".")) {
      return List.of(forms.day(day, after && !before));
    }
    Optional<Readings> ordinal = forms.ordinal(line, i);
    return ordinal.map(o -> List.of(o.or(forms.day(day, after && !before)))).orElse(List.of());
  }

  /** An abbreviated month beside a number; whole names are plain words. */
  private List<Readings> month(TokenLine line, int i) {
    int month = forms.lexicon().month(line.at(i).core());
    if (month == 0 || !(line.at(i - 1).startsWithDigit() || line.at(i + 1).startsWithDigit())) {
      return List.of();
    }
    Readings name = forms.lexicon().monthName(month);
    return line.at(i).lower().length() > 4 && !line.at(i).dotted()
        ? List.of()
        : List.of(name.or(line.at(i).core()));
  }

  private boolean isMonth(TokenLine line, int i) {
    return forms.lexicon().month(line.at(i).core()) > 0;
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
