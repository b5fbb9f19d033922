package org.chorale.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What LRC and its enhanced form share when they are read: tags, offset, times before lines. There
 * is no standard; this is what players agree on.
 */
final class LrcStamps {

  private static final String TIME = "(\\d{1,6}):(\\d{1,2})(?:[.:,](\\d{1,3}))?";
  private static final Pattern LINE_STAMP = Pattern.compile("\\s*\\[\\s*(-?)" + TIME + "\\s*\\]");
  static final Pattern WORD_STAMP = Pattern.compile("<\\s*(-?)" + TIME + "\\s*>");
  private static final Pattern TAG = Pattern.compile("\\s*\\[\\s*([A-Za-z_#]+)\\s*:(.*)\\]\\s*");
  private static final double LONGEST_WORD_SECONDS = 1;

  /**
   * A line with one of its times.
   *
   * @param start seconds
   * @param end when the next line begins, or infinity
   * @param text what stands behind its times
   */
  record Line(double start, double end, String text) {

    /** When it is over at the latest: no word is held for longer than a second. */
    double likelyEnd() {
      long words = text.isBlank() ? 0 : text.strip().split("\\s+").length;
      return Math.min(end, start + LONGEST_WORD_SECONDS * words);
    }
  }

  private final List<Line> lines = new ArrayList<>();
  private double offset;
  private double length;
  private String language = "";
  private boolean syllables;

  private LrcStamps() {}

  /** Whether any line has a time in front. */
  static boolean anyIn(TimedFile file) {
    return file.lines().stream().anyMatch(l -> LINE_STAMP.matcher(l).lookingAt());
  }

  /** Reads all lines; lines without a time are no lyrics and left out. */
  static LrcStamps read(TimedFile file) {
    LrcStamps stamps = new LrcStamps();
    List<Line> open = new ArrayList<>();
    for (String line : file.lines()) {
      Matcher stamp = LINE_STAMP.matcher(line);
      int end = 0;
      List<Double> times = new ArrayList<>();
      while (stamp.region(end, line.length()).lookingAt()) {
        times.add(seconds(stamp));
        end = stamp.end();
      }
      if (times.isEmpty()) {
        stamps.tag(line);
      }
      for (double time : times) {
        open.add(new Line(time, Double.POSITIVE_INFINITY, line.substring(end)));
      }
    }
    open.sort((a, b) -> Double.compare(a.start(), b.start()));
    for (int i = 0; i < open.size(); i++) {
      Line line = open.get(i);
      double end = Double.POSITIVE_INFINITY;
      for (int n = i + 1; n < open.size() && end == Double.POSITIVE_INFINITY; n++) {
        end = open.get(n).start() > line.start() ? open.get(n).start() : end;
      }
      stamps.lines.add(new Line(line.start(), end, line.text()));
    }
    return stamps;
  }

  private void tag(String line) {
    Matcher tag = TAG.matcher(line);
    if (!tag.matches()) {
      return;
    }
    String value = tag.group(2).strip();
    switch (tag.group(1).toLowerCase(Locale.ROOT)) {
      case "offset" ->
          // Positive: lyrics come sooner.
          offset = Times.parseNumber(value).orElse(0) / 1000;
      case "length", "duration" -> {
        OptionalDouble seconds = Times.parseClock(value);
        length = seconds.orElse(0);
      }
      case "la", "lang", "language" -> language = value;
      case "re", "tool" -> syllables |= value.startsWith("chorale");
      case "syllable_timing" -> syllables |= value.equalsIgnoreCase("true");
      default -> {}
    }
  }

  /** The seconds of a stamp that matched; hundredths, tenths or milliseconds by their digits. */
  static double seconds(Matcher stamp) {
    String fraction = stamp.group(4) == null ? "0" : stamp.group(4);
    double seconds =
        60.0 * Integer.parseInt(stamp.group(2))
            + Integer.parseInt(stamp.group(3))
            + Integer.parseInt(fraction) / Math.pow(10, fraction.length());
    return stamp.group(1).isEmpty() ? seconds : -seconds;
  }

  /** The lines by their times. */
  List<Line> lines() {
    return lines;
  }

  /** A time of the file as a time of the recording: the offset taken off, not before its start. */
  double shifted(double seconds) {
    return Math.max(0, seconds - offset);
  }

  /** Whether the file says that its stamps stand between syllables, too. */
  boolean syllables() {
    return syllables;
  }

  /** A builder that knows what the tags say. */
  SongBuilder builder(TimedFile file) {
    SongBuilder builder = new SongBuilder(file);
    builder.lyrics();
    builder.language(language);
    builder.duration(length);
    return builder;
  }
}
