package org.chorale.export;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sound.midi.InvalidMidiDataException;
import javax.sound.midi.MetaMessage;
import javax.sound.midi.MidiEvent;
import javax.sound.midi.MidiMessage;
import javax.sound.midi.MidiSystem;
import javax.sound.midi.Sequence;
import javax.sound.midi.ShortMessage;
import javax.sound.midi.Track;
import org.chorale.melody.Note;

/**
 * Reads the words of a MIDI file: the text events of Soft Karaoke or the lyric events of the
 * standard, whichever there are more of, and the melody, if notes begin with the syllables. For one
 * file; not thread-safe.
 */
final class KarReader {

  private static final int TEXT = 0x01;
  private static final int LYRIC = 0x05;
  private static final int TEMPO = 0x51;
  private static final double LONGEST_SECONDS = 1.5;

  private final TimedFile file;
  private final TreeMap<Long, Double> tempos = new TreeMap<>();
  private Sequence sequence;

  /** A text and its time in ticks. */
  private record Event(long tick, String text) {}

  /** A note of a track. */
  private record Played(int midi, long end) {}

  KarReader(TimedFile file) {
    this.file = file;
  }

  Song read() throws FormatException {
    try {
      sequence = MidiSystem.getSequence(new ByteArrayInputStream(file.bytes()));
    } catch (InvalidMidiDataException | IOException | RuntimeException e) {
      // RuntimeException: the JDK's parser lets bad lengths through to its arrays.
      throw new FormatException(
          "'%s' is no whole MIDI file (%s)."
              .formatted(file.name(), e.getMessage() == null ? "it is cut off" : e.getMessage()),
          e);
    }
    readTempos();
    Track[] tracks = sequence.getTracks();
    Charset charset = charset(tracks);
    List<Event> words = List.of();
    boolean lyric = false;
    String language = "";
    for (Track track : tracks) {
      for (int type : new int[] {LYRIC, TEXT}) {
        List<Event> found = new ArrayList<>();
        for (Event event : events(track, type, charset)) {
          if (event.text().startsWith("@L")) {
            language = event.text().substring(2);
          }
          if (!event.text().startsWith("@") && !event.text().isEmpty()) {
            found.add(event);
          }
        }
        if (found.size() > words.size()) {
          words = found;
          lyric = type == LYRIC;
        }
      }
    }
    SongBuilder builder = new SongBuilder(file);
    builder.lyrics();
    Languages.code(language).ifPresent(builder::language);
    lines(words, lyric, builder);
    return builder.build();
  }

  private void lines(List<Event> events, boolean lyric, SongBuilder builder) {
    Map<Long, Played> melody = melody(events);
    // Without any white space the events are words; a hyphen joins those that are not.
    boolean spaced =
        !lyric || events.stream().anyMatch(e -> e.text().chars().anyMatch(Character::isWhitespace));
    TimedRuns runs = new TimedRuns();
    double lineStart = 0;
    boolean begins = true;
    Note last = new Note(60, false);
    for (int e = 0; e < events.size(); e++) {
      Event event = events.get(e);
      String text = event.text();
      if (!lyric && (text.startsWith("/") || text.startsWith("\\"))) {
        builder.line(lineStart, runs.words());
        runs = new TimedRuns();
        begins = true;
        text = text.substring(1);
      }
      double start = seconds(event.tick());
      lineStart = begins ? start : lineStart;
      begins = false;
      text = text.startsWith(KarFormat.JOINER) ? text.substring(1) : text;
      boolean lineEnds = text.endsWith("\r") || text.endsWith("\n");
      Played played = melody.get(event.tick());
      double end = end(events, e, played);
      if (!melody.isEmpty()) {
        last = played == null ? new Note(last.midi(), false) : new Note(played.midi(), true);
      }
      boolean continues = !spaced && text.endsWith("-") && text.length() > 1;
      runs.add(
          continues ? text.substring(0, text.length() - 1) : text,
          start,
          end,
          melody.isEmpty() ? Optional.empty() : Optional.of(last));
      if (!spaced && !continues) {
        runs.endWord();
      }
      if (lineEnds) {
        builder.line(lineStart, runs.words());
        runs = new TimedRuns();
        begins = true;
      }
    }
    builder.line(lineStart, runs.words());
  }

  /** A text lasts until the next one; the last of a line, until its note ends. */
  private double end(List<Event> events, int e, Played played) {
    double start = seconds(events.get(e).tick());
    double next =
        e + 1 < events.size() ? seconds(events.get(e + 1).tick()) : Double.POSITIVE_INFINITY;
    boolean lastOfLine =
        e + 1 == events.size()
            || events.get(e).text().matches("(?s).*[\r\n]")
            || events.get(e + 1).text().matches("(?s)[/\\\\].*");
    if (lastOfLine && played != null) {
      return Math.min(next, seconds(played.end()));
    }
    return lastOfLine ? Math.min(next, start + LONGEST_SECONDS) : next;
  }

  private static List<Event> events(Track track, int type, Charset charset) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < track.size(); i++) {
      MidiEvent event = track.get(i);
      if (event.getMessage() instanceof MetaMessage meta && meta.getType() == type) {
        events.add(new Event(event.getTick(), new String(meta.getData(), charset)));
      }
    }
    return events;
  }

  /** UTF-8 if all texts together can be, otherwise what old files are in. */
  private Charset charset(Track[] tracks) {
    if (file.encoding().isPresent()) {
      return file.encoding().get();
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Track track : tracks) {
      for (int i = 0; i < track.size(); i++) {
        if (track.get(i).getMessage() instanceof MetaMessage meta
            && (meta.getType() == TEXT || meta.getType() == LYRIC)) {
          all.writeBytes(meta.getData());
        }
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(all.toByteArray()));
      return StandardCharsets.UTF_8;
    } catch (CharacterCodingException e) {
      return Charset.forName("windows-1252");
    }
  }

  /** The seconds at which each tempo begins, by tick; tempos of all tracks count. */
  private void readTempos() {
    for (Track track : sequence.getTracks()) {
      for (int i = 0; i < track.size(); i++) {
        MidiEvent event = track.get(i);
        if (event.getMessage() instanceof MetaMessage meta
            && meta.getType() == TEMPO
            && meta.getData().length == 3) {
          byte[] data = meta.getData();
          int micros = (data[0] & 0xFF) << 16 | (data[1] & 0xFF) << 8 | data[2] & 0xFF;
          tempos.put(event.getTick(), micros / 1e6);
        }
      }
    }
    tempos.putIfAbsent(0L, 0.5);
  }

  private double seconds(long tick) {
    if (sequence.getDivisionType() != Sequence.PPQ) {
      return tick / (double) (sequence.getDivisionType() * sequence.getResolution());
    }
    double seconds = 0;
    long from = 0;
    double tempo = 0.5;
    for (Map.Entry<Long, Double> change : tempos.headMap(tick, true).entrySet()) {
      seconds += (change.getKey() - from) * tempo / sequence.getResolution();
      from = change.getKey();
      tempo = change.getValue();
    }
    return seconds + (tick - from) * tempo / sequence.getResolution();
  }

  /**
   * The notes that begin with the texts, by tick, of the track and channel where most of them do;
   * none if that is less than half.
   */
  private Map<Long, Played> melody(List<Event> events) {
    Map<Long, Played> best = Map.of();
    for (Track track : sequence.getTracks()) {
      for (int channel = 0; channel < 16; channel++) {
        Map<Long, Played> notes = notes(track, channel);
        Map<Long, Played> matching = new HashMap<>();
        for (Event event : events) {
          Played played = notes.get(event.tick());
          if (played != null) {
            matching.put(event.tick(), played);
          }
        }
        best = matching.size() > best.size() ? matching : best;
      }
    }
    long syllables = events.stream().filter(e -> !e.text().isBlank()).count();
    return best.size() * 2L >= syllables ? best : Map.of();
  }

  private static Map<Long, Played> notes(Track track, int channel) {
    Map<Long, Played> notes = new HashMap<>();
    Map<Integer, Long> open = new HashMap<>();
    for (int i = 0; i < track.size(); i++) {
      MidiMessage message = track.get(i).getMessage();
      if (!(message instanceof ShortMessage note) || note.getChannel() != channel) {
        continue;
      }
      boolean on = note.getCommand() == ShortMessage.NOTE_ON && note.getData2() > 0;
      boolean off =
          note.getCommand() == ShortMessage.NOTE_OFF || note.getCommand() == ShortMessage.NOTE_ON;
      if (off) {
        Long start = open.remove(note.getData1());
        if (start != null) {
          notes.put(start, new Played(note.getData1(), track.get(i).getTick()));
        }
      }
      if (on) {
        open.put(note.getData1(), track.get(i).getTick());
      }
    }
    return notes;
  }
}
