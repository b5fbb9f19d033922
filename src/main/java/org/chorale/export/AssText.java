package org.chorale.export;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of an event of ASS: override blocks and what stands between them. */
final class AssText {

  /** What parts a backslash from the letter behind it; U+2060, word joiner, as FFmpeg has it. */
  static final String JOINER = "\u2060";

  private static final Pattern TAG = Pattern.compile("\\\\(kt|k[fo]?|K|p|r)([^\\\\(){}]*)");

  private AssText() {}

  /**
   * The words of an event.
   *
   * @param start when it appears, seconds
   * @param end when it goes
   */
  static List<ReadWord> words(String text, double start, double end) {
    TimedRuns runs = new TimedRuns();
    // Centiseconds from the start: whole numbers add up without rounding.
    long from = 0;
    long to = 0;
    boolean karaoke = false;
    boolean countIn = false;
    boolean drawing = false;
    StringBuilder run = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int close = text.charAt(at) == '{' ? text.indexOf('}', at) : -1;
      if (close < 0) {
        at = letter(text, at, drawing || countIn ? new StringBuilder() : run);
        continue;
      }
      Matcher tag = TAG.matcher(text.substring(at + 1, close));
      while (tag.find()) {
        String value = tag.group(2).strip();
        switch (tag.group(1)) {
          case "p" -> drawing = number(value) > 0;
          case "r" -> countIn = value.equals(AssFormat.COUNT_IN);
          case "kt" -> {
            flush(runs, run, start, from, karaoke ? to : -1, end);
            from = number(value);
            to = from;
            karaoke = true;
          }
          default -> {
            flush(runs, run, start, from, karaoke ? to : -1, end);
            from = karaoke ? to : 0;
            to = from + number(value);
            karaoke = true;
          }
        }
      }
      at = close + 1;
    }
    flush(runs, run, start, from, karaoke ? to : -1, end);
    return runs.words();
  }

  /** Adds a run; without karaoke it lasts as long as its event. */
  private static void flush(
      TimedRuns runs, StringBuilder run, double start, long from, long to, double eventEnd) {
    if (to < 0) {
      runs.add(run.toString(), start, eventEnd);
    } else {
      double base = Math.round(start * 100);
      runs.add(run.toString(), (base + from) / 100, (base + to) / 100);
    }
    run.setLength(0);
  }

  private static long number(String digits) {
    return Math.round(Math.min(1e8, Math.max(0, Times.parseNumber(digits).orElse(0))));
  }

  /** Takes one character, or an escape, at a place; returns the next place. */
  private static int letter(String text, int at, StringBuilder out) {
    char c = text.charAt(at);
    if (c != '\\' || at + 1 == text.length()) {
      out.append(c);
      return at + 1;
    }
    switch (text.charAt(at + 1)) {
      case 'N', 'n', 'h' -> out.append(' ');
      case '{' -> out.append('{');
      case '}' -> out.append('}');
      case '\u2060' -> out.append('\\');
      default -> {
        out.append(c);
        return at + 1;
      }
    }
    return at + 2;
  }
}
