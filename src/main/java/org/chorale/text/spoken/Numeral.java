package org.chorale.text.spoken;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number written in digits.
 *
 * @param integer digits before the decimal separator, without group separators; may be empty
 * @param fraction digits after it, empty where there is none
 * @param grouped whether group separators were written
 * @param foreign whether the decimal separator is not the language's own
 */
record Numeral(String integer, String fraction, boolean grouped, boolean foreign) {

  /** Longest run of digits that is a number rather than a code. */
  static final int MAX_DIGITS = 15;

  private static final Pattern INTEGER = Pattern.compile("\\d+");
  private static final Pattern APOSTROPHES = Pattern.compile("\\d{1,3}(?:'\\d{3})+");

  /**
   * Reads digits with the separators of a language.
   *
   * @param decimal '.' or ','; the other one parts groups
   */
  static Optional<Numeral> parse(String text, char decimal) {
    if (INTEGER.matcher(text).matches()) {
      return Optional.of(new Numeral(text, "", false, false));
    }
    if (APOSTROPHES.matcher(text).matches()) {
      return Optional.of(new Numeral(text.replace("'", ""), "", true, false));
    }
    Habit own = decimal == '.' ? Habit.POINT : Habit.COMMA;
    Habit other = decimal == '.' ? Habit.COMMA : Habit.POINT;
    Matcher grouped = own.grouped.matcher(text);
    if (grouped.matches() && !text.startsWith("0")) {
      return Optional.of(grouped(grouped));
    }
    Matcher ownDecimal = own.plain.matcher(text);
    if (ownDecimal.matches()) {
      return Optional.of(new Numeral(ownDecimal.group(1), ownDecimal.group(2), false, false));
    }
    // The other habit, unless it was a group above: "3.14" in a German text.
    Matcher otherDecimal = other.plain.matcher(text);
    if (otherDecimal.matches()) {
      return Optional.of(new Numeral(otherDecimal.group(1), otherDecimal.group(2), false, true));
    }
    Matcher otherGrouped = other.grouped.matcher(text);
    return otherGrouped.matches() ? Optional.of(grouped(otherGrouped)) : Optional.empty();
  }

  private static Numeral grouped(Matcher matcher) {
    return new Numeral(
        matcher.group(1).replaceAll("\\D", ""),
        matcher.group(2) == null ? "" : matcher.group(2),
        true,
        false);
  }

  /** Which sign parts decimals, which groups. */
  private enum Habit {
    POINT("\\.", ","),
    COMMA(",", "\\.");

    private final Pattern grouped;
    private final Pattern plain;

    Habit(String decimal, String group) {
      grouped = Pattern.compile("(\\d{1,3}(?:" + group + "\\d{3})+)(?:" + decimal + "(\\d+))?");
      plain = Pattern.compile("(\\d*)" + decimal + "(\\d+)");
    }
  }

  boolean isInteger() {
    return fraction.isEmpty();
  }

  /** Whether the integer part is short enough for {@link #value}. */
  boolean hasValue() {
    return !integer.isEmpty() && integer.length() <= MAX_DIGITS;
  }

  long value() {
    return Long.parseLong(integer);
  }

  boolean isOne() {
    return isInteger() && hasValue() && value() == 1;
  }

  /** Whether the digits may be a year: 1100 to 2099, bare. */
  boolean isYearLike() {
    return isInteger() && !grouped && integer.length() == 4 && value() >= 1100 && value() <= 2099;
  }

  boolean hasLeadingZero() {
    return integer.length() > 1 && integer.charAt(0) == '0';
  }
}
