package org.chorale.export;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads TTML: times as TTML 1 (W3C, section 10) counts them, from the beginning of what an element
 * is part of; or, in lyrics in the manner of Apple Music, all from the beginning of the recording.
 * For one file; not thread-safe.
 */
final class TtmlReader {

  private static final Pattern ROOT = Pattern.compile("<(?:[\\w.-]+:)?tt[\\s>]");
  private static final Pattern OFFSET = Pattern.compile("(\\d+(?:\\.\\d+)?)(h|m|s|ms|f|t)");
  private static final Pattern CLOCK_FRAMES =
      Pattern.compile("(\\d{2,}):(\\d\\d):(\\d\\d):(\\d{2,})(?:\\.\\d+)?");
  private static final double WORD_SECONDS = 0.5;

  private final TimedFile file;
  private double frameRate = 30;
  private double tickRate;
  private boolean absolute;
  private boolean spacedSpans;

  /** Text and when it is seen; the end is infinite where nothing ends it. */
  private record Run(String text, double begin, double end) {}

  private record Span(double begin, double end) {}

  TtmlReader(TimedFile file) {
    this.file = file;
  }

  static boolean recognises(TimedFile file) {
    return file.text().stripLeading().startsWith("<") && ROOT.matcher(file.text()).find();
  }

  Song read() throws FormatException {
    Xml.Node root = Xml.parse(file);
    if (!root.name().equals("tt")) {
      throw file.wrong(root.line(), "<%s> is no TTML document".formatted(root.name()));
    }
    parameters(root);
    SongBuilder builder = new SongBuilder(file);
    builder.language(root.attribute("lang"));
    if (absolute) {
      builder.lyrics();
    }
    for (Xml.Node body : root.all("body")) {
      if (absolute && !body.attribute("dur").isEmpty()) {
        builder.duration(time(body, "dur"));
      }
      element(body, 0, Double.POSITIVE_INFINITY, false, 0, null, builder);
    }
    return builder.build();
  }

  private void parameters(Xml.Node root) {
    absolute =
        root.attributes().values().stream().anyMatch(AppleTtmlFormat.NAMESPACES::contains)
            || !root.attribute("timing").isEmpty();
    spacedSpans =
        root.all("span").stream()
            .map(Xml.Node::allText)
            .anyMatch(t -> !t.isBlank() && !t.equals(t.strip()));
    double rate = Times.parseNumber(root.attribute("frameRate")).orElse(frameRate);
    String[] multiplier = root.attribute("frameRateMultiplier").strip().split("[\\s:]+");
    if (multiplier.length == 2) {
      double over = Times.parseNumber(multiplier[1]).orElse(1);
      rate *= Times.parseNumber(multiplier[0]).orElse(1) / (over > 0 ? over : 1);
    }
    frameRate = rate > 0 ? rate : frameRate;
    double ticks = Times.parseNumber(root.attribute("tickRate")).orElse(0);
    tickRate = ticks > 0 ? ticks : root.attribute("frameRate").isEmpty() ? 1 : frameRate;
  }

  /**
   * Reads an element and what is in it.
   *
   * @param from when its container begins
   * @param limit when its container ends at the latest
   * @param inSequence whether the container shows its parts one after the other
   * @param before in a sequence, when the part before it ends
   * @param runs where text goes, null outside of paragraphs
   * @return when it ends
   */
  private double element(
      Xml.Node node,
      double from,
      double limit,
      boolean inSequence,
      double before,
      List<Run> runs,
      SongBuilder builder)
      throws FormatException {
    double origin = absolute ? 0 : inSequence ? before : from;
    Span span = span(node, absolute ? from : origin, origin, limit);
    boolean paragraph = node.name().equals("p");
    List<Run> its = paragraph ? new ArrayList<>() : runs;
    boolean sequence = node.attribute("timeContainer").equals("seq");
    double last = span.begin();
    for (Xml.Node child : node.children()) {
      double end = span.begin();
      if (child.isText() || child.name().equals("br")) {
        if (its != null) {
          text(child, span, sequence, its);
        }
        // By the standard text that is a part of a sequence has no duration.
        end = sequence ? last : child.text().isBlank() ? span.begin() : span.end();
      } else if (isContent(child)) {
        end = element(child, span.begin(), span.end(), sequence, last, its, builder);
      }
      last = sequence ? end : Math.max(last, end);
    }
    if (paragraph) {
      builder.line(span.begin(), words(its, span));
    }
    boolean bounded = !node.attribute("end").isEmpty() || !node.attribute("dur").isEmpty();
    return bounded ? span.end() : Math.min(span.end(), last);
  }

  private static boolean isContent(Xml.Node node) {
    String role = node.attribute("role");
    return switch (node.name()) {
      case "div", "p" -> true;
      case "span" -> !role.equals("x-translation") && !role.equals("x-roman");
      default -> false;
    };
  }

  private Span span(Xml.Node node, double fallback, double origin, double limit)
      throws FormatException {
    double begin = node.attribute("begin").isEmpty() ? fallback : origin + time(node, "begin");
    double end = limit;
    if (!node.attribute("end").isEmpty()) {
      end = Math.min(end, origin + time(node, "end"));
    }
    if (!node.attribute("dur").isEmpty()) {
      end = Math.min(end, begin + time(node, "dur"));
    }
    return new Span(begin, end);
  }

  private void text(Xml.Node node, Span span, boolean sequence, List<Run> runs) {
    String text = node.isText() ? node.text() : " ";
    if (text.isBlank()) {
      // White space that only lays out the file parts nothing if the spans have their own.
      if (!(absolute && spacedSpans && text.contains("\n"))) {
        runs.add(new Run(" ", 0, 0));
      }
    } else if (!sequence && (absolute || span.end() > span.begin())) {
      runs.add(new Run(text, span.begin(), span.end()));
    }
  }

  private List<ReadWord> words(List<Run> runs, Span paragraph) {
    TimedRuns words = new TimedRuns();
    for (int r = 0; r < runs.size(); r++) {
      Run run = runs.get(r);
      double end = run.end();
      if (Double.isInfinite(end)) {
        end = run.begin() + WORD_SECONDS * run.text().strip().split("\\s+").length;
      }
      words.add(run.text(), run.begin(), end);
    }
    return words.words();
  }

  private double time(Xml.Node node, String attribute) throws FormatException {
    String value = node.attribute(attribute).strip();
    Matcher offset = OFFSET.matcher(value);
    if (offset.matches()) {
      double number = Double.parseDouble(offset.group(1));
      return switch (offset.group(2)) {
        case "h" -> number * 3600;
        case "m" -> number * 60;
        case "ms" -> number / 1000;
        case "f" -> number / frameRate;
        case "t" -> number / tickRate;
        default -> number;
      };
    }
    Matcher frames = CLOCK_FRAMES.matcher(value);
    if (frames.matches()) {
      return Double.parseDouble(frames.group(1)) * 3600
          + Double.parseDouble(frames.group(2)) * 60
          + Double.parseDouble(frames.group(3))
          + Double.parseDouble(frames.group(4)) / frameRate;
    }
    OptionalDouble clock = Times.parseClock(value);
    return clock.orElseThrow(
        () -> file.wrong(node.line(), "%s=\"%s\" is no time".formatted(attribute, value)));
  }
}
