package org.chorale.text.spoken;

import java.text.Normalizer;

/**
 * A written word as rules look at it.
 *
 * @param raw the word with typographic variants made plain: composed letters, straight apostrophes,
 *     ASCII digits, no invisible characters
 * @param core {@code raw} without quotes, brackets and other punctuation around it
 * @param dotted whether a full stop follows the core
 * @param closed whether punctuation other than a full stop or apostrophe follows the core
 */
record Token(String raw, String core, boolean dotted, boolean closed) {

  private static final Token EMPTY = new Token("", "", false, false);
  private static final String OPENING = "\"'`´“”„‟‘‛‚«»‹›()[]{}<>¿¡*_•·…/\\|~^:;,!?=♪♫♩♬♭♮";
  private static final String CLOSING = "\"'`´“”„‟‘‛‚«»‹›()[]{}<>*_•·…/\\|~^:;,!?=♪♫♩♬♭♮-–—‒―";
  private static final String DASHES = "-–—‒―";

  /** No word: what is before the first and after the last one. */
  static Token none() {
    return EMPTY;
  }

  static Token of(String text) {
    String raw = plain(text);
    int start = 0;
    int end = raw.length();
    while (start < end && opens(raw, start, end)) {
      start++;
    }
    boolean dotted = false;
    boolean closed = false;
    while (end > start + 1 || (end > start && isOuter(raw.charAt(end - 1)))) {
      char c = raw.charAt(end - 1);
      if (c == '.') {
        dotted = true;
        // What stood after the full stop ("Dr.)") closes nothing before it.
        end--;
      } else if (CLOSING.indexOf(c) >= 0) {
        dotted = false;
        closed |= c != '\'' && c != '’';
        end--;
      } else {
        break;
      }
    }
    String core = raw.substring(start, end);
    return new Token(raw, core, dotted && !core.isEmpty(), closed);
  }

  private static boolean isOuter(char c) {
    return c == '.' || CLOSING.indexOf(c) >= 0;
  }

  private static boolean opens(String raw, int i, int end) {
    char c = raw.charAt(i);
    boolean numberNext = i + 1 < end && startsNumber(raw, i + 1, end);
    if (c == '\'' || c == '.') {
      return !numberNext;
    }
    if (DASHES.indexOf(c) >= 0) {
      return c != '-' || !numberNext;
    }
    return OPENING.indexOf(c) >= 0;
  }

  private static boolean startsNumber(String raw, int i, int end) {
    char c = raw.charAt(i);
    return Character.isDigit(c)
        || ("$€£¥.,".indexOf(c) >= 0 && i + 1 < end && Character.isDigit(raw.charAt(i + 1)));
  }

  /** The text in one spelling of everything that rules compare. */
  static String plain(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    StringBuilder out = new StringBuilder(composed.length());
    for (int i = 0; i < composed.length(); ) {
      int c = composed.codePointAt(i);
      i += Character.charCount(c);
      if (c >= 0xFF01 && c <= 0xFF5E) {
        c -= 0xFEE0; // full width ASCII
      }
      if (c == '’' || c == '‘' || c == 'ʼ' || c == '′' || c == '‛' || c == '´' || c == '`') {
        out.append('\'');
      } else if (c == '‐' || c == '‑' || c == '−') {
        out.append('-');
      } else if (c > 0x7F && Character.isDigit(c)) {
        out.append(Character.digit(c, 10));
      } else if (Character.getType(c) != Character.FORMAT
          && Character.getType(c) != Character.CONTROL
          && (c < 0xFE00 || c > 0xFE0F)) {
        out.appendCodePoint(c);
      }
    }
    return out.toString();
  }

  /** The core with the full stop that followed it. */
  String withDot() {
    return dotted ? core + "." : core;
  }

  boolean isEmpty() {
    return core.isEmpty();
  }

  boolean hasLetter() {
    return core.codePoints().anyMatch(SpokenWords::isLetter);
  }

  /** Whether it holds an ASCII digit or a fraction in one character ("½"). */
  boolean hasDigit() {
    return core.chars()
        .anyMatch(c -> c >= '0' && c <= '9' || c >= '¼' && c <= '¾' || c >= '⅐' && c <= '⅞');
  }

  boolean startsWithDigit() {
    return !core.isEmpty() && core.charAt(0) >= '0' && core.charAt(0) <= '9';
  }

  /** Whether it holds nothing but ASCII digits. */
  boolean isDigits() {
    return !core.isEmpty() && core.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Whether it can be a currency before an amount: a sign, or a code of three capitals. */
  boolean isCurrencyMark() {
    return !hasDigit() && (!core.chars().allMatch(Character::isLetter) || core.length() == 3);
  }

  boolean isCapitalised() {
    return !core.isEmpty() && Character.isUpperCase(core.codePointAt(0));
  }

  boolean isLowerCase() {
    return !core.isEmpty() && Character.isLowerCase(core.codePointAt(0));
  }

  /** Whether it has at least one letter, and no letter in lower case. */
  boolean isUpperCase() {
    return core.codePoints().anyMatch(Character::isUpperCase)
        && core.codePoints().noneMatch(Character::isLowerCase);
  }

  String lower() {
    return core.toLowerCase(java.util.Locale.ROOT);
  }
}
