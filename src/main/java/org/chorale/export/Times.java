package org.chorale.export;

/** Times as integers, so that rounding is the same everywhere and never in the way of order. */
final class Times {

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
    long millis = millis(seconds);
    StringBuilder out = new StringBuilder().append(millis / 1000).append('.');
    pad(out, millis % 1000, 3);
    return out.toString();
  }

  /** {@code 01:02:03.004}. */
  static String clock(double seconds, char decimalPoint) {
    long millis = millis(seconds);
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
}
