package org.chorale.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import javax.sound.midi.InvalidMidiDataException;
import javax.sound.midi.MetaMessage;
import javax.sound.midi.MidiEvent;
import javax.sound.midi.MidiSystem;
import javax.sound.midi.Sequence;
import javax.sound.midi.ShortMessage;
import javax.sound.midi.Track;
import org.chorale.align.AlignedLine;
import org.chorale.align.Alignment;
import org.chorale.melody.Note;

/**
 * MIDI karaoke (.kar, "Soft Karaoke"): a track of text events, a syllable each, and, if it is
 * known, the melody in a track of its own; 1920 ticks a second. A line begins with {@code /}, the
 * first one with {@code \}; a text of one space ends a word before the next begins. Words without
 * times are texts that a space follows at once.
 */
final class KarFormat implements TimedFormat {

  private static final int TICKS_PER_QUARTER = 960;
  private static final int TICKS_PER_SECOND = 2 * TICKS_PER_QUARTER;
  private static final byte[] HALF_A_SECOND_PER_QUARTER = {0x07, (byte) 0xA1, 0x20};
  private static final int TEXT = 0x01;
  private static final int TRACK_NAME = 0x03;
  private static final int TEMPO = 0x51;
  private static final int VOICE_OOHS = 53;
  private static final int VELOCITY = 90;

  /** Before a text that would otherwise be a command; U+2060, word joiner, is not seen. */
  static final String JOINER = "\u2060";

  @Override
  public boolean hasSyllables() {
    return true;
  }

  @Override
  public boolean hasNotes() {
    return true;
  }

  @Override
  public String name() {
    return "kar";
  }

  @Override
  public String extension() {
    return "kar";
  }

  @Override
  public void write(Song song, ExportOptions options, OutputStream out) throws IOException {
    try {
      MidiSystem.write(sequence(song, options.encoding()), 1, out);
      out.flush();
    } catch (InvalidMidiDataException e) {
      throw new IOException("This JVM cannot write MIDI (%s).".formatted(e.getMessage()), e);
    }
  }

  private static Sequence sequence(Song song, Charset charset) throws InvalidMidiDataException {
    Alignment alignment = song.alignment();
    Sequence sequence = new Sequence(Sequence.PPQ, TICKS_PER_QUARTER);
    Track head = sequence.createTrack();
    meta(head, TRACK_NAME, "Soft Karaoke", 0, charset);
    meta(head, TEXT, "@KMIDI KARAOKE FILE", 0, charset);
    meta(head, TEXT, "@V0100", 0, charset);
    meta(head, TEXT, "@IWritten by Chorale", 0, charset);
    head.add(
        new MidiEvent(
            new MetaMessage(TEMPO, HALF_A_SECOND_PER_QUARTER, HALF_A_SECOND_PER_QUARTER.length),
            0));
    Track words = sequence.createTrack();
    meta(words, TRACK_NAME, "Words", 0, charset);
    String language = Languages.name(alignment.language()).toUpperCase(Locale.ROOT);
    if (!language.isEmpty()) {
      meta(words, TEXT, "@L" + language.substring(0, Math.min(4, language.length())), 0, charset);
    }
    SongTitle title = SongTitle.of(alignment.audio().path());
    meta(words, TEXT, "@T" + title.title(), 0, charset);
    meta(words, TEXT, "@T" + title.artist(), 0, charset);
    // One list of all pieces: events of overlapping lines must be in order, too.
    List<Piece> all = Piece.of(song, 0, alignment.words().size(), TICKS_PER_SECOND, 0);
    int next = 0;
    for (AlignedLine line : alignment.lines()) {
      int first = next;
      for (int w = line.firstWord(); w < line.firstWord() + line.wordCount(); w++) {
        next += Math.max(1, song.syllablesOf(w).size());
      }
      List<Piece> pieces = all.subList(first, next);
      line(words, pieces, first == 0 ? "\\" : "/", charset);
    }
    if (song.hasNotes()) {
      melody(sequence.createTrack(), all, charset);
    }
    return sequence;
  }

  private static void line(Track track, List<Piece> pieces, String mark, Charset charset)
      throws InvalidMidiDataException {
    for (int p = 0; p < pieces.size(); p++) {
      Piece piece = pieces.get(p);
      Piece next = p + 1 < pieces.size() ? pieces.get(p + 1) : null;
      boolean ends = next == null || next.startsWord();
      boolean joined = piece.timed() && next != null && next.timed() && next.start() == piece.end();
      String text = piece.text();
      boolean command = !text.isEmpty() && "/\\@".indexOf(text.charAt(0)) >= 0;
      String begin = p == 0 ? mark : "";
      String space = ends && joined ? " " : "";
      meta(
          track,
          TEXT,
          begin + (command && begin.isEmpty() ? JOINER : "") + text + space,
          piece.start(),
          charset);
      if (ends && !joined) {
        meta(track, TEXT, " ", piece.end(), charset);
      }
    }
  }

  private static void melody(Track track, List<Piece> pieces, Charset charset)
      throws InvalidMidiDataException {
    meta(track, TRACK_NAME, "Melody", 0, charset);
    track.add(new MidiEvent(new ShortMessage(ShortMessage.PROGRAM_CHANGE, 0, VOICE_OOHS, 0), 0));
    for (Piece piece : pieces) {
      Note note = piece.note().orElse(new Note(0, false));
      if (note.sung() && note.midi() >= 0 && note.midi() <= 127 && piece.end() > piece.start()) {
        track.add(
            new MidiEvent(
                new ShortMessage(ShortMessage.NOTE_ON, 0, note.midi(), VELOCITY), piece.start()));
        track.add(
            new MidiEvent(new ShortMessage(ShortMessage.NOTE_OFF, 0, note.midi(), 0), piece.end()));
      }
    }
  }

  private static void meta(Track track, int type, String text, long tick, Charset charset)
      throws InvalidMidiDataException {
    byte[] bytes = text.getBytes(charset);
    track.add(new MidiEvent(new MetaMessage(type, bytes, bytes.length), tick));
  }

  @Override
  public boolean recognises(TimedFile file) {
    byte[] bytes = file.bytes();
    return bytes.length >= 4
        && bytes[0] == 'M'
        && bytes[1] == 'T'
        && bytes[2] == 'h'
        && bytes[3] == 'd';
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    return new KarReader(file).read();
  }
}
