package org.chorale.export;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chorale.melody.Note;

/**
 * Reads UltraStar songs of any version, relative ones, changes of tempo and duets included; lines
 * that are no notes are passed over, as games do. For one file; not thread-safe.
 */
final class UltraStarReader {

  private static final Pattern HEADER = Pattern.compile("\\s*#\\s*([^:]*?)\\s*:\\s*(.*?)\\s*");
  private static final Pattern BREAK =
      Pattern.compile("\\s*-\\s*(-?\\d{1,9})?(?:\\s+(-?\\d{1,9}))?(?:\\s+(\\D.*))?(?:\\s.*)?");
  private static final Pattern VOICE = Pattern.compile("\\s*P\\s*(\\d)\\s*");
  private static final Pattern TEMPO =
      Pattern.compile("\\s*B\\s+(-?\\d{1,9}(?:[.,]\\d{1,9})?)\\s+(\\d{1,6}(?:[.,]\\d{1,9})?)\\s*");
  private static final int MIDDLE_C = 60;

  private final TimedFile file;
  private final Map<String, String> headers = new HashMap<>();
  private final List<List<Sung>> lines = new ArrayList<>();
  private final List<TempoChange> changes = new ArrayList<>();
  private final NavigableMap<Double, Tempo> tempos = new TreeMap<>();
  private boolean melody;

  private record TempoChange(double beat, double bpm) {}

  /** The time of a beat and the length of those from there on. */
  private record Tempo(double seconds, double beatSeconds) {}

  /** What is being read of a voice: its line so far, and where beats count from. */
  private static final class Voice {
    private final List<Sung> line = new ArrayList<>();
    private long shift;
  }

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
    readRows();
    if (lines.isEmpty()) {
      throw file.wrong("holds no notes; an UltraStar song has lines such as ': 0 4 7 la'");
    }
    double bpm = Times.parseNumber(headers.getOrDefault("BPM", "")).orElse(0);
    if (bpm <= 0) {
      throw file.wrong("has no #BPM above 0; without it its beats have no times");
    }
    keepTime(bpm, Times.parseNumber(headers.getOrDefault("GAP", "0")).orElse(0) / 1000);
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

  private void readRows() {
    Map<String, Voice> voices = new TreeMap<>();
    Voice voice = new Voice();
    voices.put("1", voice);
    for (String row : file.lines()) {
      Matcher header = HEADER.matcher(row);
      Matcher changed = VOICE.matcher(row);
      if (row.strip().equals("E")) {
        break;
      } else if (row.stripLeading().startsWith("#")) {
        if (header.matches()) {
          headers.putIfAbsent(header.group(1).toUpperCase(Locale.ROOT), header.group(2));
        }
      } else if (changed.matches()) {
        voice = voices.computeIfAbsent(changed.group(1), v -> new Voice());
      } else {
        body(row, voice);
      }
    }
    voices.values().forEach(this::close);
  }

  /** A row that is neither a header nor a change of the voice. */
  private void body(String row, Voice voice) {
    Matcher note = UltraStarFormat.NOTE.matcher(row);
    Matcher tempo = TEMPO.matcher(row);
    Matcher pause = BREAK.matcher(row);
    if (note.matches()) {
      sung(note, voice);
    } else if (tempo.matches()) {
      double bpm = Times.parseNumber(tempo.group(2)).orElse(0);
      double beat = voice.shift + Times.parseNumber(tempo.group(1)).orElse(0);
      if (bpm > 0) {
        changes.add(new TempoChange(Math.max(0, beat), bpm));
      }
    } else if (pause.matches()) {
      close(voice);
      // In relative songs beats count from the line before, which says how far it reaches.
      String by = pause.group(2) == null ? pause.group(1) : pause.group(2);
      boolean relative = headers.getOrDefault("RELATIVE", "").equalsIgnoreCase("yes");
      voice.shift += relative && by != null ? Long.parseLong(by) : 0;
      Matcher behind = UltraStarFormat.NOTE.matcher(pause.group(3) == null ? "" : pause.group(3));
      if (behind.matches()) {
        sung(behind, voice);
      }
    }
  }

  private void close(Voice voice) {
    if (!voice.line.isEmpty()) {
      lines.add(List.copyOf(voice.line));
      voice.line.clear();
    }
  }

  private void sung(Matcher note, Voice voice) {
    long beats = Long.parseLong(note.group(3));
    if (beats < 0) {
      return;
    }
    long beat = voice.shift + Long.parseLong(note.group(2));
    // Who goes back behind the beginning of the line is another voice that nobody announced.
    if (!voice.line.isEmpty() && beat < voice.line.get(0).beat()) {
      close(voice);
    }
    boolean pitched = ":*".contains(note.group(1).substring(0, 1));
    int midi = MIDDLE_C + Integer.parseInt(note.group(4));
    String text = note.group(5) == null ? "" : note.group(5);
    voice.line.add(new Sung(beat, beats, new Note(midi, pitched), text));
  }

  /** Finds out when the tempo changes. */
  private void keepTime(double bpm, double gapSeconds) {
    // Version 2 counts what it says, all before it a quarter of it.
    double minuteShare = headers.getOrDefault("VERSION", "").startsWith("2.") ? 60 : 15;
    tempos.put(0.0, new Tempo(gapSeconds, minuteShare / bpm));
    changes.sort(Comparator.comparingDouble(TempoChange::beat));
    for (TempoChange change : changes) {
      double seconds = seconds(change.beat());
      tempos.put(change.beat(), new Tempo(seconds, minuteShare / change.bpm()));
    }
  }

  private double seconds(double beat) {
    Map.Entry<Double, Tempo> from = tempos.floorEntry(Math.max(0, beat));
    Tempo tempo = from.getValue();
    return tempo.seconds() + (beat - from.getKey()) * tempo.beatSeconds();
  }

  private List<ReadWord> words(List<Sung> line) {
    TimedRuns runs = new TimedRuns();
    for (Sung sung : line) {
      double start = Math.max(0, seconds(sung.beat()));
      double end = Math.max(start, seconds(sung.beat() + sung.beats()));
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
