package org.chorale.export;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chorale.align.AlignedWord;
import org.chorale.text.Whitespace;

/**
 * WebVTT (W3C) with the times of every word inside its cue, for players that paint words as they
 * come; milliseconds. Words without times are in a span of class {@code missing}.
 */
final class VttFormat extends TextualFormat {

  private static final Pattern TAG = Pattern.compile("<([^<>]*)>");
  private static final Pattern STAMP =
      Pattern.compile("(?:\\d{1,6}:)?\\d{1,2}:\\d{1,2}[.,]\\d{1,3}");
  private static final Pattern BLOCK = Pattern.compile("(NOTE|STYLE|REGION)(\\s.*)?");
  private static final String MISSING = "c.missing";

  VttFormat() {
    super("vtt", "vtt");
  }

  @Override
  public boolean hasCues() {
    return true;
  }

  @Override
  Charset encoding(ExportOptions options) {
    return StandardCharsets.UTF_8; // the standard allows no other
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    out.append("WEBVTT\n");
    int first = 0;
    for (Cue cue : options.cues().cues(song.alignment())) {
      long start = Times.millis(cue.startSeconds());
      long end = Times.millis(cue.endSeconds());
      out.append('\n')
          .append(Times.clockOfMillis(start, '.'))
          .append(" --> ")
          .append(Times.clockOfMillis(end, '.'))
          .append('\n');
      long last = start;
      for (int w = 0; w < cue.words().size(); w++) {
        if (w > 0) {
          out.append(w == cue.breakBefore() ? "\n" : " ");
        }
        AlignedWord word = cue.words().get(w);
        if (!word.isTimed()) {
          out.append('<').append(MISSING).append('>').append(escape(word.text())).append("</c>");
          continue;
        }
        for (Piece piece : Piece.of(song, first + w, 1, 1000, start)) {
          last = stamp(out, last, piece.start(), end);
          out.append(escape(piece.text()));
        }
        long wordEnd = Times.millis(word.endSeconds());
        if (wordEnd < nextStart(cue, w)) {
          last = stamp(out, last, wordEnd, end);
        }
      }
      out.append('\n');
      first += cue.words().size();
    }
  }

  /** Times inside a cue must lie inside it and grow; others are left out. */
  private static long stamp(Appendable out, long last, long time, long cueEnd) throws IOException {
    if (time <= last || time >= cueEnd) {
      return last;
    }
    out.append('<').append(Times.clockOfMillis(time, '.')).append('>');
    return time;
  }

  private static long nextStart(Cue cue, int word) {
    for (AlignedWord next : cue.words().subList(word + 1, cue.words().size())) {
      if (next.isTimed()) {
        return Times.millis(next.startSeconds());
      }
    }
    return Long.MAX_VALUE;
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  @Override
  public boolean recognises(TimedFile file) {
    return isHeader(file.lines().get(0));
  }

  private static boolean isHeader(String line) {
    return line.startsWith("WEBVTT")
        && (line.length() == 6 || Character.isWhitespace(line.charAt(6)));
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    if (!isHeader(file.lines().get(0))) {
      throw file.wrong(1, "a WebVTT file begins with WEBVTT");
    }
    SongBuilder builder = new SongBuilder(file);
    TimedFile bare = withoutBlocks(file);
    for (CueText cue : CueText.read(bare, 1, true)) {
      builder.line(cue.start(), words(cue));
    }
    return builder.build();
  }

  /** Comments and styles may hold arrows only by mistake, but they may hold blank-less text. */
  private static TimedFile withoutBlocks(TimedFile file) {
    StringBuilder kept = new StringBuilder();
    boolean inBlock = false;
    boolean afterBlank = false;
    for (String line : file.lines()) {
      inBlock = !line.isBlank() && (inBlock || (afterBlank && BLOCK.matcher(line).matches()));
      afterBlank = line.isBlank();
      kept.append(inBlock ? "" : line).append('\n');
    }
    return TimedFile.of(file.name(), kept.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static List<ReadWord> words(CueText cue) {
    TimedRuns runs = new TimedRuns();
    Deque<String> open = new ArrayDeque<>();
    Run pending = new Run(runs, new ArrayList<>());
    double from = cue.start();
    Matcher tag = TAG.matcher(cue.text());
    int at = 0;
    while (tag.find()) {
      pending.text(unescape(cue.text().substring(at, tag.start())), open.contains(MISSING));
      at = tag.end();
      String name = tag.group(1).strip();
      OptionalDouble time =
          STAMP.matcher(tag.group(1)).matches() ? Times.parseClock(name) : OptionalDouble.empty();
      if (time.isPresent()) {
        double to = time.getAsDouble();
        if (to > from && to < cue.end()) {
          pending.flush(from, to);
          from = to;
        }
      } else if (name.startsWith("/")) {
        open.poll();
      } else {
        open.push(name);
      }
    }
    pending.text(unescape(cue.text().substring(at)), open.contains(MISSING));
    pending.flush(from, cue.end());
    return runs.words();
  }

  private static String unescape(String text) {
    return text.indexOf('&') < 0
        ? text
        : text.replace("&nbsp;", "\u00A0")
            .replace("&lrm;", "\u200E")
            .replace("&rlm;", "\u200F")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&");
  }

  /** Text between two times, which words without times may interrupt. */
  private record Run(TimedRuns runs, List<Text> texts) {

    private record Text(String text, boolean missing) {
      int letters() {
        return missing ? 0 : (int) text.chars().filter(c -> !Whitespace.is(c)).count();
      }
    }

    void text(String text, boolean missing) {
      texts.add(new Text(text, missing));
    }

    void flush(double from, double to) {
      int letters = Math.max(1, texts.stream().mapToInt(Text::letters).sum());
      int before = 0;
      for (Text text : texts) {
        double start = from + (to - from) * before / letters;
        before += text.letters();
        if (text.missing()) {
          runs.addUntimed(text.text());
        } else {
          runs.add(text.text(), start, from + (to - from) * before / letters);
        }
      }
      texts.clear();
    }
  }
}
