package org.chorale.export;

import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as integers, so that rounding is the same everywhere and never in the way of order. */
final class Times {

  private static final Pattern CLOCK =
      Pattern.compile("(-?)(?:(\\d{1,6}):)??(?:(\\d{1,6}):)?(\\d{1,6}(?:[.,]\\d{0,9})?)");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:\\d+(?:[.,]\\d*)?|[.,]\\d+)(?:[eE][-+]?\\d{1,3})?");

  private Times() {}

  /** Milliseconds, to the nearest. */
  static long millis(double seconds) {
    return Math.round(seconds * 1000);
  }

  /** Appends a number that is at least {@code width} digits wide. */
  static void pad(StringBuilder out, long value, int width) {
    String digits = Long.toString(value);
    out.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
  }

  /** {@code 0.532}: seconds with three decimals, whatever the locale. */
  static String seconds(double seconds) {
    return secondsOfMillis(millis(seconds));
  }

  /** {@code 0.532} of 532. */
  static String secondsOfMillis(long millis) {
    StringBuilder out = new StringBuilder().append(millis / 1000).append('.');
    pad(out, millis % 1000, 3);
    return out.toString();
  }

  /** {@code 01:02:03.004}. */
  static String clock(double seconds, char decimalPoint) {
    return clockOfMillis(millis(seconds), decimalPoint);
  }

  /** {@code 01:02:03.004} of 3723004. */
  static String clockOfMillis(long millis, char decimalPoint) {
    StringBuilder out = new StringBuilder();
    pad(out, millis / 3_600_000, 2);
    out.append(':');
    pad(out, millis / 60_000 % 60, 2);
    out.append(':');
    pad(out, millis / 1000 % 60, 2);
    out.append(decimalPoint);
    pad(out, millis % 1000, 3);
    return out.toString();
  }

  /** {@code 03:07.25} of 18725; more than 99 minutes take more digits. */
  static String minutesOfHundredths(long hundredths) {
    StringBuilder out = new StringBuilder();
    pad(out, hundredths / 6000, 2);
    out.append(':');
    pad(out, hundredths / 100 % 60, 2);
    out.append('.');
    pad(out, hundredths % 100, 2);
    return out.toString();
  }

  /**
   * The seconds of {@code 1:02:03.004}, {@code 02:03,004}, {@code 3.004} and the like; nothing if
   * it is no time.
   */
  static OptionalDouble parseClock(String text) {
    Matcher clock = CLOCK.matcher(text.strip());
    if (!clock.matches()) {
      return OptionalDouble.empty();
    }
    double hours = clock.group(2) == null ? 0 : Double.parseDouble(clock.group(2));
    double minutes = clock.group(3) == null ? 0 : Double.parseDouble(clock.group(3));
    double seconds = Double.parseDouble(clock.group(4).replace(',', '.'));
    double all = hours * 3600 + minutes * 60 + seconds;
    return OptionalDouble.of(clock.group(1).isEmpty() ? all : -all);
  }

  /** A decimal number with a point or a comma; nothing if it is none. */
  static OptionalDouble parseNumber(String text) {
    String bare = text.strip();
    return NUMBER.matcher(bare).matches()
        ? OptionalDouble.of(Double.parseDouble(bare.replace(',', '.')))
        : OptionalDouble.empty();
  }
}
