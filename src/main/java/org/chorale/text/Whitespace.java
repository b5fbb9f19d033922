package org.chorale.text;

/**
 * What separates words and lines: every character of Unicode's White_Space property, no-break
 * spaces included, and the four information separators, which is what Python's {@code split()} and
 * most other programs agree on. Zero-width characters do not separate.
 */
public final class Whitespace {

  private Whitespace() {}

  /** Whether a character separates words. */
  public static boolean is(int codePoint) {
    return Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || codePoint == 0x85;
  }

  /** Whether a character ends a line. */
  public static boolean endsLine(int codePoint) {
    return switch (codePoint) {
      case '\n', '\r', 0x0B, 0x0C, 0x85, 0x2028, 0x2029 -> true;
      default -> false;
    };
  }
}
