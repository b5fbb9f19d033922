package org.chorale.text.spoken;

import java.util.regex.Pattern;

/** Roman numerals from I to MMMCMXCIX. */
final class Roman {

  private static final Pattern NUMERAL =
      Pattern.compile("(?=[MDCLXVI])M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})");

  private Roman() {}

  static boolean isNumeral(String text) {
    return NUMERAL.matcher(text).matches();
  }

  /** The value of a numeral that {@link #isNumeral} accepts. */
  static int value(String numeral) {
    int sum = 0;
    int last = 0;
    for (int i = numeral.length() - 1; i >= 0; i--) {
      int digit =
          switch (numeral.charAt(i)) {
            case 'I' -> 1;
            case 'V' -> 5;
            case 'X' -> 10;
            case 'L' -> 50;
            case 'C' -> 100;
            case 'D' -> 500;
            default -> 1000;
          };
      sum += digit < last ? -digit : digit;
      last = Math.max(last, digit);
    }
    return sum;
  }
}
