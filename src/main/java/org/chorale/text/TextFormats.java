package org.chorale.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tells subtitle and lyrics formats from plain text and takes their times and markup out.
 *
 * <p>A file counts as a format only if its content looks like it; the ending of its name decides
 * how much evidence is asked for.
 */
final class TextFormats {

  private static final String SRT_TIME = "\\d{1,3}:\\d{1,2}:\\d{1,2}(?:[,.:]\\d{1,3})?";
  private static final String VTT_TIME = "(?:\\d{1,4}:)?\\d{1,2}:\\d{1,2}[.,]\\d{1,3}";
  private static final Pattern SRT_CUE =
      Pattern.compile("\\s*-?" + SRT_TIME + "\\s*-->\\s*-?" + SRT_TIME + ".*");
  private static final Pattern VTT_CUE =
      Pattern.compile("\\s*" + VTT_TIME + "\\s*-->\\s*" + VTT_TIME + ".*");
  // Whatever a file calls a time: once the format is known, two of them around an arrow are no
  // text.
  private static final Pattern ANY_CUE =
      Pattern.compile("\\s*-?[\\d:.,]{4,}\\s*-->\\s*-?[\\d:.,]{4,}.*");
  private static final Pattern CUE_NUMBER = Pattern.compile("\\s*\\d+\\s*");
  private static final Pattern VTT_BLOCK = Pattern.compile("(NOTE|STYLE|REGION)(\\s.*)?");
  // Only markup that players know: "<3" and "a < b" are text.
  private static final Pattern TAG =
      Pattern.compile(
          "</?(?:i|b|u|s|c|v|em|strong|font|span|ruby|lang|br)(?:[.\\s][^<>]*)?/?>"
              + "|<(?:\\d{1,4}:)?\\d{1,3}:\\d{1,2}(?:[.,:]\\d{1,3})?>",
          Pattern.CASE_INSENSITIVE);
  // Ruby text repeats the pronunciation of the word before it.
  private static final Pattern RUBY_TEXT =
      Pattern.compile("<rt>.*?</rt>|<rp>.*?</rp>", Pattern.CASE_INSENSITIVE);
  private static final Pattern ASS_TAG = Pattern.compile("\\{\\\\[^{}]*\\}");
  private static final String LRC_STAMP = "\\[\\s*-?\\d{1,3}:\\d{1,2}(?:[.:,]\\d{1,3})?\\s*\\]";
  private static final Pattern LRC_LINE = Pattern.compile("\\s*(?:" + LRC_STAMP + ").*");
  private static final Pattern LRC_STAMPS = Pattern.compile(LRC_STAMP);
  // "[ar: ...]", "[syllable_timing:true]", "#[line:0:caption]"; "[Chorus: Anna]" is sung by
  // somebody.
  private static final Pattern LRC_METADATA =
      Pattern.compile("\\s*(?:\\[(?:[a-z_#]+|[A-Z]{2})\\s*:[^\\]]*\\]|#\\s*\\[.*\\])\\s*");
  private static final Pattern LRC_WORD_STAMP =
      Pattern.compile("<\\s*\\d{1,3}:\\d{1,2}(?:[.:,]\\d{1,3})?\\s*>");
  private static final Pattern SPACED_STAMP =
      Pattern.compile("\\S\\s+<\\s*\\d{1,3}:\\d|<\\s*\\d{1,3}:[\\d.:,]+\\s*>\\s+\\S");
  // Duet singers of the "Walaoke" extension: "F: ", "M: ", "D: " at the start of a line.
  private static final Pattern LRC_SINGER = Pattern.compile("^\\s*[FMD]:\\s+");
  private static final Pattern SPACES = Pattern.compile("[ \\t]{2,}");

  private TextFormats() {}

  /** The format of a text, judged by its content and by the ending of its name. */
  static TextFormat detect(String name, String text) {
    String lower = name.toLowerCase(Locale.ROOT);
    String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
    if (body.startsWith("WEBVTT") && (body.length() == 6 || Whitespace.is(body.charAt(6)))) {
      return TextFormat.VTT;
    }
    List<String> lines = lines(body);
    long cues = lines.stream().filter(l -> SRT_CUE.matcher(l).matches()).count();
    long vttCues = lines.stream().filter(l -> VTT_CUE.matcher(l).matches()).count();
    if (lower.endsWith(".vtt") && vttCues > 0) {
      return TextFormat.VTT;
    }
    // The arrow between two times occurs in no prose: one is enough even without the ending.
    if (cues > 0) {
      return TextFormat.SRT;
    }
    long filled = lines.stream().filter(l -> !l.isBlank()).count();
    long stamped = lines.stream().filter(l -> LRC_LINE.matcher(l).matches()).count();
    long metadata = lines.stream().filter(l -> LRC_METADATA.matcher(l).matches()).count();
    boolean enough =
        lower.endsWith(".lrc") ? stamped + metadata > 0 : (stamped + metadata) * 2 > filled;
    return enough && filled > 0 ? TextFormat.LRC : TextFormat.PLAIN;
  }

  /** The lines that are spoken or sung. Plain text comes back unchanged. */
  static String strip(TextFormat format, String text) {
    String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return switch (format) {
      case PLAIN -> text;
      case SRT -> String.join("\n", cueText(lines(body), false));
      case VTT -> String.join("\n", cueText(lines(body), true));
      case LRC -> String.join("\n", lyrics(lines(body)));
    };
  }

  private static List<String> lines(String text) {
    return List.of(text.split("\\r\\n|\\r|\\n", -1));
  }

  private static List<String> cueText(List<String> lines, boolean vtt) {
    List<String> kept = new ArrayList<>();
    int i = 0;
    if (vtt && !lines.isEmpty() && lines.get(0).startsWith("WEBVTT")) {
      // The header runs to the first blank line or, in careless files, to the first cue.
      while (i < lines.size()
          && !lines.get(i).isBlank()
          && !ANY_CUE.matcher(lines.get(i)).matches()) {
        i++;
      }
    }
    boolean afterBlank = true;
    while (i < lines.size()) {
      String line = lines.get(i);
      boolean nextIsCue = i + 1 < lines.size() && ANY_CUE.matcher(lines.get(i + 1)).matches();
      if (vtt && afterBlank && !nextIsCue && VTT_BLOCK.matcher(line).matches()) {
        while (i < lines.size() && !lines.get(i).isBlank()) {
          i++;
        }
        continue;
      }
      boolean isTime = ANY_CUE.matcher(line).matches();
      // A VTT cue may have any name; an SRT cue has a number.
      boolean isName = nextIsCue && (CUE_NUMBER.matcher(line).matches() || (vtt && afterBlank));
      if (!isTime && !isName) {
        kept.add(line.isBlank() ? "" : unescape(untag(line), vtt));
      }
      afterBlank = line.isBlank();
      i++;
    }
    return squeezed(kept);
  }

  private static List<String> lyrics(List<String> lines) {
    List<String> kept = new ArrayList<>();
    // Word stamps stand between syllables as well as between words, where spaces part the words.
    // A file that has none beside any stamp means words.
    boolean spaced = lines.stream().anyMatch(l -> SPACED_STAMP.matcher(l).find());
    for (String line : lines) {
      if (LRC_METADATA.matcher(line).matches()) {
        continue;
      }
      String rest = LRC_STAMPS.matcher(line).replaceAll("");
      rest = LRC_SINGER.matcher(rest).replaceFirst("");
      rest = LRC_WORD_STAMP.matcher(rest).replaceAll(spaced ? "" : " ");
      kept.add(SPACES.matcher(untag(rest)).replaceAll(" ").strip());
    }
    return squeezed(kept);
  }

  private static String untag(String line) {
    String plain = ASS_TAG.matcher(line).replaceAll("");
    plain = plain.replace("\\N", " ").replace("\\h", " ");
    plain = RUBY_TEXT.matcher(plain).replaceAll("");
    plain = plain.replaceAll("(?i)<br\\s*/?>", " ");
    plain = TAG.matcher(plain).replaceAll("");
    return SPACES.matcher(plain).replaceAll(" ").strip();
  }

  private static String unescape(String line, boolean vtt) {
    if (line.indexOf('&') < 0) {
      return line;
    }
    String plain =
        line.replace("&nbsp;", "\u00A0")
            .replace("&lrm;", "\u200E")
            .replace("&rlm;", "\u200F")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
    return vtt || line.contains("&amp;") ? plain.replace("&amp;", "&") : plain;
  }

  /** At most one blank line between two others, none at the ends. */
  private static List<String> squeezed(List<String> lines) {
    List<String> kept = new ArrayList<>();
    for (String line : lines) {
      boolean blank = line.isBlank();
      if (blank && (kept.isEmpty() || kept.get(kept.size() - 1).isEmpty())) {
        continue;
      }
      kept.add(blank ? "" : line);
    }
    if (!kept.isEmpty() && kept.get(kept.size() - 1).isEmpty()) {
      kept.remove(kept.size() - 1);
    }
    return kept;
  }
}
