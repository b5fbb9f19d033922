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

  /** Reads digits with the separators of a language. */
  static Optional<Numeral> parse(String text, char decimal) {
    if (INTEGER.matcher(text).matches()) {
      return Optional.of(new Numeral(text, "", false, false));
    }
    if (APOSTROPHES.matcher(text).matches()) {
      return Optional.of(new Numeral(text.replace("'", ""), "", true, false));
    }
    char group = decimal == '.' ? ',' : '.';
    String d = Pattern.quote(String.valueOf(decimal));
    String g = Pattern.quote(String.valueOf(group));
    Matcher grouped =
        Pattern.compile("(\\d{1,3}(?:" + g + "\\d{3})+)(?:" + d + "(\\d+))?").matcher(text);
    if (grouped.matches() && !text.startsWith("0")) {
      return Optional.of(
          new Numeral(
              grouped.group(1).replace(String.valueOf(group), ""),
              grouped.group(2) == null ? "" : grouped.group(2),
              true,
              false));
    }
    Matcher own = Pattern.compile("(\\d*)" + d + "(\\d+)").matcher(text);
    if (own.matches()) {
      return Optional.of(new Numeral(own.group(1), own.group(2), false, false));
    }
    // The other habit, unless it was a group above: "3.14" in a German text.
    Matcher other = Pattern.compile("(\\d*)" + g + "(\\d+)").matcher(text);
    if (other.matches()) {
      return Optional.of(new Numeral(other.group(1), other.group(2), false, true));
    }
    Matcher foreignGroups =
        Pattern.compile("(\\d{1,3}(?:" + d + "\\d{3})+)(?:" + g + "(\\d+))?").matcher(text);
    if (foreignGroups.matches()) {
      return Optional.of(
          new Numeral(
              foreignGroups.group(1).replace(String.valueOf(decimal), ""),
              foreignGroups.group(2) == null ? "" : foreignGroups.group(2),
              true,
              false));
    }
    return Optional.empty();
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
