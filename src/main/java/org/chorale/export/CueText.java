package org.chorale.export;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A cue of SubRip or WebVTT as the file has it. Both are read by the arrows between two times, with
 * or without numbers and blank lines, as players do.
 *
 * @param start seconds
 * @param end seconds, after the start
 * @param text its rows, mark-up included, by line feeds
 */
record CueText(double start, double end, String text) {

  // Two bare numbers with an arrow between are text.
  private static final String TIME = "(-?\\d*[:.,][\\d:.,]*\\d)";
  private static final Pattern ARROW =
      Pattern.compile("\\s*" + TIME + "\\s*-->\\s*" + TIME + "(?:[^\\d:.,].*)?");
  private static final Pattern NUMBER = Pattern.compile("\\s*\\d+\\s*");
  // Only mark-up that players know: "<3" and "a < b" are text.
  private static final Pattern TAG =
      Pattern.compile(
          "</?(?:i|b|u|s|c|v|em|strong|font|span|ruby|lang|br)(?:[.\\s][^<>]*)?/?>",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern OVERRIDE = Pattern.compile("\\{\\\\[^{}]*\\}");

  /** Whether there is any. */
  static boolean anyIn(TimedFile file) {
    return file.lines().stream().anyMatch(l -> l.contains("-->") && times(l) != null);
  }

  /**
   * The cues of a file, those left out that show nothing.
   *
   * @param from the line to begin with, from 0
   * @param named whether a cue may have any name, not only a number
   */
  static List<CueText> read(TimedFile file, int from, boolean named) {
    List<String> lines = file.lines();
    List<CueText> cues = new ArrayList<>();
    int at = from;
    while (at < lines.size()) {
      double[] times = times(lines.get(at));
      at++;
      if (times == null) {
        continue;
      }
      List<String> rows = new ArrayList<>();
      while (at < lines.size() && !endsCue(lines, at, named)) {
        rows.add(lines.get(at));
        at++;
      }
      String text = String.join("\n", rows).strip();
      if (!text.isEmpty() && times[1] > times[0]) {
        cues.add(new CueText(times[0], times[1], text));
      }
    }
    return cues;
  }

  /** A blank line ends a cue only before the next one: careless files have some inside. */
  private static boolean endsCue(List<String> lines, int at, boolean named) {
    String line = lines.get(at);
    if (times(line) != null) {
      return true;
    }
    if (named) {
      return line.isBlank();
    }
    boolean nextIsTime = at + 1 < lines.size() && times(lines.get(at + 1)) != null;
    return nextIsTime && NUMBER.matcher(line).matches();
  }

  private static double[] times(String line) {
    if (!line.contains("-->")) {
      return null;
    }
    Matcher arrow = ARROW.matcher(line);
    if (!arrow.matches()) {
      return null;
    }
    OptionalDouble start = time(arrow.group(1));
    OptionalDouble end = time(arrow.group(2));
    return start.isPresent() && end.isPresent()
        ? new double[] {start.getAsDouble(), end.getAsDouble()}
        : null;
  }

  private static OptionalDouble time(String text) {
    // "00:00:01:500"
    boolean colons = text.chars().filter(c -> c == ':').count() == 3;
    int last = text.lastIndexOf(':');
    return Times.parseClock(
        colons ? text.substring(0, last) + '.' + text.substring(last + 1) : text);
  }

  /** The text without mark-up; rows by spaces. */
  static String plain(String text) {
    String bare = OVERRIDE.matcher(text).replaceAll("");
    bare = bare.replaceAll("(?i)<br\\s*/?>", " ").replace("\\N", " ").replace("\\h", " ");
    return TAG.matcher(bare).replaceAll("");
  }
}
