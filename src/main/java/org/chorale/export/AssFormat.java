package org.chorale.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.chorale.align.AlignedWord;

/**
 * Advanced SubStation Alpha with karaoke: every row of a cue is an event whose {@code \k} and
 * {@code \kf} centiseconds add up to its length. Two rows are seen at a time, the one that is sung
 * and the next; before a row that follows a long pause three dots count in. Words without times
 * have {@code \k0}.
 */
final class AssFormat extends TextualFormat {

  private static final int UNITS = 100;
  private static final long AHEAD = 600;
  private static final long LINGER = 50;
  private static final long LONG_PAUSE = 400;
  private static final long DOT = 60;
  private static final int DOTS = 3;

  /** The style of the dots, by which the reader knows them. */
  static final String COUNT_IN = "CountIn";

  private static final String HEADER =
      """
      [Script Info]
      ; Written by Chorale
      ScriptType: v4.00+
      PlayResX: 1920
      PlayResY: 1080
      WrapStyle: 0
      ScaledBorderAndShadow: yes
      YCbCr Matrix: None

      [V4+ Styles]
      Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour,\
       Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline,\
       Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
      Style: Upper,Arial,72,&H0000D7FF,&H00FFFFFF,&H00000000,&H80000000,-1,0,0,0,100,100,0,0,1,4,1,2,60,60,190,1
      Style: Lower,Arial,72,&H0000D7FF,&H00FFFFFF,&H00000000,&H80000000,-1,0,0,0,100,100,0,0,1,4,1,2,60,60,70,1
      Style: CountIn,Arial,72,&H0000D7FF,&H00808080,&H00000000,&H80000000,-1,0,0,0,100,100,0,0,1,4,1,2,60,60,70,1

      [Events]
      Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
      """;

  AssFormat() {
    super("ass", "ass");
  }

  @Override
  public boolean hasSyllables() {
    return true;
  }

  /** A row as it is sung and as it is seen, in centiseconds. */
  private record Row(List<Piece> pieces, long appears, long disappears) {
    long start() {
      return pieces.get(0).start();
    }

    long end() {
      return pieces.get(pieces.size() - 1).end();
    }

    Row seen(long from, long to) {
      return new Row(pieces, from, to);
    }
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    out.append(HEADER);
    List<Row> rows = scheduled(rows(song));
    for (int r = 0; r < rows.size(); r++) {
      Row row = rows.get(r);
      long before = r == 0 ? 0 : rows.get(r - 1).end();
      out.append("Dialogue: 0,")
          .append(clock(row.appears()))
          .append(',')
          .append(clock(row.disappears()))
          .append(r % 2 == 0 ? ",Upper" : ",Lower")
          .append(",,0,0,0,,");
      text(row, row.start() - before >= LONG_PAUSE, out);
      out.append('\n');
    }
  }

  /** The rows of all cues, those without any timed word left out. */
  private static List<Row> rows(Song song) {
    List<Row> rows = new ArrayList<>();
    int first = 0;
    long at = 0;
    for (Cue cue : new CueBuilder().cues(song.alignment())) {
      int words = cue.words().size();
      int[] ends = cue.breakBefore() > 0 ? new int[] {cue.breakBefore(), words} : new int[] {words};
      int from = 0;
      for (int to : ends) {
        List<AlignedWord> its = cue.words().subList(from, to);
        // A row without times would never be sung: it stands with its other half.
        if (to < words && its.stream().noneMatch(AlignedWord::isTimed)) {
          continue;
        }
        boolean restIsMissing =
            cue.words().subList(to, words).stream().noneMatch(AlignedWord::isTimed);
        int until = restIsMissing ? words : to;
        List<Piece> pieces = Piece.of(song, first + from, until - from, UNITS, at);
        at = pieces.get(pieces.size() - 1).end();
        rows.add(new Row(pieces, 0, 0));
        if (restIsMissing) {
          break;
        }
        from = to;
      }
      first += words;
    }
    return rows;
  }

  /** A row comes when its place is free, at most some seconds ahead, and stays a little longer. */
  private static List<Row> scheduled(List<Row> rows) {
    List<Row> out = new ArrayList<>();
    for (int r = 0; r < rows.size(); r++) {
      Row row = rows.get(r);
      long next = r + 2 < rows.size() ? rows.get(r + 2).start() : Long.MAX_VALUE;
      long disappears = Math.max(row.end(), Math.min(row.end() + LINGER, next));
      long free = r >= 2 ? out.get(r - 2).disappears() : 0;
      long appears = Math.min(row.start(), Math.max(free, row.start() - AHEAD));
      out.add(row.seen(Math.max(0, appears), Math.max(disappears, appears + 1)));
    }
    return out;
  }

  private static void text(Row row, boolean afterPause, Appendable out) throws IOException {
    long at = row.appears();
    long lead = row.start() - at;
    if (afterPause && lead >= DOT * DOTS) {
      karaoke(out, "k", lead - DOT * DOTS);
      out.append("{\\r").append(COUNT_IN).append('}');
      for (int d = 0; d < DOTS; d++) {
        karaoke(out, "kf", DOT);
        out.append("● ");
      }
      out.append("{\\r}");
      at = row.start();
    } else if (lead > 0) {
      karaoke(out, "k", lead);
      at = row.start();
    }
    for (int p = 0; p < row.pieces().size(); p++) {
      Piece piece = row.pieces().get(p);
      boolean space = p > 0 && piece.startsWord();
      if (piece.start() > at) {
        // A pause, in which the space between the words lies.
        karaoke(out, "k", piece.start() - at);
        out.append(space ? " " : "");
      } else if (space) {
        out.append(' ');
      }
      karaoke(out, piece.timed() ? "kf" : "k", piece.end() - piece.start());
      out.append(escape(piece.text()));
      at = piece.end();
    }
    if (row.disappears() > at) {
      karaoke(out, "k", row.disappears() - at);
    }
  }

  private static void karaoke(Appendable out, String tag, long centiseconds) throws IOException {
    out.append("{\\").append(tag).append(Long.toString(centiseconds)).append('}');
  }

  /** ASS has no escapes of its own; these are those of libass and FFmpeg. */
  private static String escape(String text) {
    return text.replace("\\", "\\" + AssText.JOINER).replace("{", "\\{").replace("}", "\\}");
  }

  private static String clock(long centiseconds) {
    StringBuilder out = new StringBuilder().append(centiseconds / 360_000).append(':');
    Times.pad(out, centiseconds / 6000 % 60, 2);
    out.append(':');
    Times.pad(out, centiseconds / 100 % 60, 2);
    out.append('.');
    Times.pad(out, centiseconds % 100, 2);
    return out.toString();
  }

  @Override
  public boolean recognises(TimedFile file) {
    return file.text().lines().anyMatch(l -> l.startsWith("Dialogue:"))
        || file.text().stripLeading().startsWith("[Script Info]");
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    SongBuilder builder = new SongBuilder(file);
    builder.lyrics();
    Map<String, Integer> columns = columns("layer,start,end,style,name,ml,mr,mv,effect,text");
    List<String> lines = file.lines();
    boolean events = true;
    for (int l = 0; l < lines.size(); l++) {
      String line = lines.get(l).strip();
      String lower = line.toLowerCase(Locale.ROOT);
      if (line.startsWith("[")) {
        events = lower.startsWith("[events]");
      } else if (events && lower.startsWith("format:")) {
        Map<String, Integer> named = columns(lower.substring(7));
        columns = named.containsKey("start") && named.containsKey("text") ? named : columns;
      } else if (events && lower.startsWith("dialogue:")) {
        event(file, l + 1, line.substring(9), columns, builder);
      }
    }
    return builder.build();
  }

  private static Map<String, Integer> columns(String names) {
    Map<String, Integer> columns = new HashMap<>();
    for (String name : names.split(",")) {
      columns.put(name.strip(), columns.size());
    }
    return columns;
  }

  private static void event(
      TimedFile file, int line, String row, Map<String, Integer> columns, SongBuilder builder)
      throws FormatException {
    // The text comes last and may hold commas.
    String[] fields = row.split(",", columns.size());
    if (fields.length < columns.size()) {
      throw file.wrong(
          line, "the event has %d of %d fields".formatted(fields.length, columns.size()));
    }
    double start = time(file, line, fields[columns.get("start")]);
    double end = time(file, line, fields[columns.getOrDefault("end", columns.get("start"))]);
    List<ReadWord> words = AssText.words(fields[columns.get("text")], start, end);
    builder.line(start, words);
  }

  private static double time(TimedFile file, int line, String text) throws FormatException {
    return Times.parseClock(text)
        .orElseThrow(() -> file.wrong(line, "'%s' is no time".formatted(text.strip())));
  }
}
