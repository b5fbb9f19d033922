package org.chorale.export;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chorale.melody.Note;

/**
 * Reads UltraStar songs of any version, relative ones and duets included; lines that are no notes
 * are passed over, as games do. For one file; not thread-safe.
 */
final class UltraStarReader {

  private static final Pattern HEADER = Pattern.compile("\\s*#\\s*([^:]*?)\\s*:\\s*(.*?)\\s*");
  private static final Pattern BREAK =
      Pattern.compile("\\s*-\\s*(-?\\d{1,9})?(?:\\s+(-?\\d{1,9}))?(?:\\s.*)?");
  private static final Pattern VOICE = Pattern.compile("\\s*P\\s*\\d\\s*");
  private static final int MIDDLE_C = 60;

  private final TimedFile file;
  private final Map<String, String> headers = new HashMap<>();
  private double beatSeconds;
  private double gapSeconds;
  private boolean melody;

  /** A note as the file has it, from its beat on. */
  private record Sung(long beat, long beats, Note note, String text) {}

  UltraStarReader(TimedFile file) {
    this.file = inItsEncoding(file);
  }

  /** Old files name their encoding. */
  private static TimedFile inItsEncoding(TimedFile file) {
    if (file.encoding().isPresent()) {
      return file;
    }
    return file.lines().stream()
        .map(HEADER::matcher)
        .filter(m -> m.matches() && m.group(1).equalsIgnoreCase("ENCODING"))
        .map(m -> m.group(2))
        .filter(UltraStarReader::isCharset)
        .findFirst()
        .map(name -> file.as(Charset.forName(name)))
        .orElse(file);
  }

  private static boolean isCharset(String name) {
    return name.matches("[A-Za-z0-9][A-Za-z0-9._:+-]*") && Charset.isSupported(name);
  }

  Song read() throws FormatException {
    SongBuilder builder = new SongBuilder(file);
    builder.lyrics();
    List<List<Sung>> lines = lines();
    if (lines.isEmpty()) {
      throw file.wrong("holds no notes; an UltraStar song has lines such as ': 0 4 7 la'");
    }
    double bpm = Times.parseNumber(headers.getOrDefault("BPM", "")).orElse(0);
    if (bpm <= 0) {
      throw file.wrong("has no #BPM above 0; without it its beats have no times");
    }
    beatSeconds = 15 / bpm;
    gapSeconds = Times.parseNumber(headers.getOrDefault("GAP", "0")).orElse(0) / 1000;
    Languages.code(headers.getOrDefault("LANGUAGE", "").split(",")[0]).ifPresent(builder::language);
    builder.audio(headers.getOrDefault("AUDIO", headers.getOrDefault("MP3", "")));
    // What we write when no melody is known is no melody.
    melody =
        lines.stream()
            .flatMap(List::stream)
            .anyMatch(n -> n.note().sung() || n.note().midi() != MIDDLE_C);
    for (List<Sung> line : lines) {
      builder.line(words(line));
    }
    return builder.build();
  }

  private List<List<Sung>> lines() {
    List<List<Sung>> lines = new ArrayList<>();
    List<Sung> line = new ArrayList<>();
    long shift = 0;
    for (String row : file.lines()) {
      Matcher header = HEADER.matcher(row);
      Matcher note = UltraStarFormat.NOTE.matcher(row);
      Matcher pause = BREAK.matcher(row);
      if (row.strip().equals("E")) {
        break;
      } else if (row.stripLeading().startsWith("#")) {
        if (header.matches()) {
          headers.putIfAbsent(header.group(1).toUpperCase(Locale.ROOT), header.group(2));
        }
      } else if (note.matches()) {
        sung(note, shift, line);
      } else if (VOICE.matcher(row).matches()) {
        close(line, lines);
        shift = 0;
      } else if (pause.matches()) {
        close(line, lines);
        // In relative songs beats count from the line before, which says how far it reaches.
        String by = pause.group(2) == null ? pause.group(1) : pause.group(2);
        boolean relative = headers.getOrDefault("RELATIVE", "").equalsIgnoreCase("yes");
        shift += relative && by != null ? Long.parseLong(by) : 0;
      }
    }
    close(line, lines);
    return lines;
  }

  private static void close(List<Sung> line, List<List<Sung>> lines) {
    if (!line.isEmpty()) {
      lines.add(List.copyOf(line));
      line.clear();
    }
  }

  private static void sung(Matcher note, long shift, List<Sung> line) {
    long beats = Long.parseLong(note.group(3));
    if (beats >= 0) {
      boolean pitched = ":*".contains(note.group(1));
      int midi = MIDDLE_C + Integer.parseInt(note.group(4));
      String text = note.group(5) == null ? "" : note.group(5);
      line.add(
          new Sung(shift + Long.parseLong(note.group(2)), beats, new Note(midi, pitched), text));
    }
  }

  private List<ReadWord> words(List<Sung> line) {
    TimedRuns runs = new TimedRuns();
    for (Sung sung : line) {
      double start = Math.max(0, gapSeconds + sung.beat() * beatSeconds);
      double end = Math.max(start, gapSeconds + (sung.beat() + sung.beats()) * beatSeconds);
      String text = sung.text();
      String bare = text.strip();
      if (bare.isEmpty() || bare.equals("~")) {
        runs.extend(end);
        if (text.endsWith(" ")) {
          runs.endWord();
        }
        continue;
      }
      // "~" holds the syllable before it; what follows is the rest of the word.
      String sungText = bare.startsWith("~") ? text.stripLeading().substring(1) : text;
      runs.add(sungText, start, end, melody ? Optional.of(sung.note()) : Optional.empty());
    }
    return runs.words();
  }
}
