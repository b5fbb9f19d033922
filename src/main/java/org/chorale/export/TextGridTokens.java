package org.chorale.export;

import org.chorale.text.Whitespace;

/**
 * What counts in a text file of Praat: numbers and flags that white space sets free, and strings.
 * Everything else ("xmin =", "intervals [1]:", comments after "!") is decoration.
 */
final class TextGridTokens {

  private final TimedFile file;
  private final String text;
  private int at;
  private int line = 1;

  TextGridTokens(TimedFile file) {
    this.file = file;
    this.text = file.text();
  }

  /** Passes the two strings that say what the file is, in either of the ways they are written. */
  void skipHeader() throws FormatException {
    int mark = text.indexOf("TextGrid", text.indexOf("ooTextFile"));
    line += (int) text.substring(0, mark).chars().filter(c -> c == '\n').count();
    at = mark;
    while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      at++;
    }
  }

  /** The next number; strings and flags must not come before it. */
  double number() throws FormatException {
    String token = next("a number");
    return Times.parseNumber(token)
        .orElseThrow(() -> file.wrong(line, "'%s' stands where a number should".formatted(token)));
  }

  /** The next number, as a count. */
  int count() throws FormatException {
    double number = number();
    if (!(number >= 0 && number <= text.length())) {
      throw file.wrong(line, "'%s' is no count".formatted(number));
    }
    return (int) number;
  }

  /** The next flag, such as {@code <exists>}. */
  String flag() throws FormatException {
    return next("a flag");
  }

  /** The next string, its quotes taken off. */
  String string() throws FormatException {
    String token = next("a string");
    if (!token.startsWith("\"")) {
      throw file.wrong(line, "'%s' stands where a string should".formatted(token));
    }
    return token.substring(1, token.length() - 1).replace("\"\"", "\"");
  }

  private String next(String wanted) throws FormatException {
    while (true) {
      while (at < text.length() && Whitespace.is(text.charAt(at))) {
        line += text.charAt(at) == '\n' ? 1 : 0;
        at++;
      }
      if (at == text.length()) {
        throw file.wrong(line, "the file ends where %s should stand".formatted(wanted));
      }
      int start = at;
      if (text.charAt(at) == '"') {
        return quoted(start);
      }
      while (at < text.length() && !Whitespace.is(text.charAt(at))) {
        at++;
      }
      String token = text.substring(start, at);
      if (token.startsWith("!")) {
        at = text.indexOf('\n', start) < 0 ? text.length() : text.indexOf('\n', start);
      } else if (token.startsWith("<") || Times.parseNumber(token).isPresent()) {
        return token;
      }
    }
  }

  private String quoted(int start) throws FormatException {
    int begun = line;
    for (at = start + 1; at < text.length(); at++) {
      if (text.charAt(at) == '\n') {
        line++;
      }
      if (text.charAt(at) == '"') {
        if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
          at++;
        } else {
          at++;
          return text.substring(start, at);
        }
      }
    }
    throw file.wrong(begun, "a string has no end");
  }
}
