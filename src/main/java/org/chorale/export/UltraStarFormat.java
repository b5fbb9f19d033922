package org.chorale.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.melody.Note;
import org.chorale.syllable.Syllable;

/**
 * UltraStar song, version 1 of the format's specification. GAP is the start of the first syllable;
 * BPM is the slowest of some round numbers with which no syllable starts or ends 20 ms off. A
 * syllable is a note: {@code :} on its pitch, {@code F} (freestyle) where none was heard; without a
 * melody all are freestyle on C4. Words without times are put into the note beside them, lines
 * without any are left out.
 */
final class UltraStarFormat extends TextualFormat {

  private static final double TOLERANCE_SECONDS = 0.02;
  // Beats of 37.5 ms down to 2.5 ms: every rounding is below 19 ms; what asks for more are
  // syllables shorter than a beat, of which every one needs a beat of its own.
  private static final int[] BPMS = {400, 500, 600, 750, 1000, 1500, 3000, 6000};
  private static final int MIDDLE_C = 60;

  /** Something sung, or a break between lines. */
  static final Pattern NOTE =
      Pattern.compile("\\s*([:*FRG])\\s*(-?\\d{1,9})\\s+(-?\\d{1,9})\\s+(-?\\d{1,4})(?:\\s(.*))?");

  private static final Pattern HEADER = Pattern.compile("\\s*#\\s*[A-Za-z0-9_-]+\\s*:.*");

  UltraStarFormat() {
    super("ultrastar", "txt");
  }

  @Override
  public boolean hasSyllables() {
    return true;
  }

  @Override
  public boolean hasNotes() {
    return true;
  }

  /** Beats per minute, a quarter of what the file counts, and all pieces on that grid. */
  private record Grid(int bpm, double originSeconds, List<Piece> pieces, double worstSeconds) {

    static double beatSeconds(int bpm) {
      return 15.0 / bpm;
    }

    static Grid choose(Song song) {
      double first =
          song.alignment().words().stream()
              .filter(AlignedWord::isTimed)
              .mapToDouble(AlignedWord::startSeconds)
              .min()
              .orElse(0);
      double origin = Math.floor(first * 1000) / 1000;
      Grid best = null;
      for (int bpm : BPMS) {
        Grid grid = of(song, bpm, origin);
        best = best == null || grid.worstSeconds < best.worstSeconds ? grid : best;
        if (grid.worstSeconds < TOLERANCE_SECONDS) {
          return grid;
        }
      }
      return best;
    }

    private static Grid of(Song song, int bpm, double origin) {
      int words = song.alignment().words().size();
      double beat = beatSeconds(bpm);
      List<Piece> pieces = Piece.of(song, 0, words, origin, 1 / beat, 0);
      double worst = 0;
      int next = 0;
      for (int w = 0; w < words; w++) {
        List<Syllable> syllables = song.syllablesOf(w);
        for (Syllable syllable : syllables) {
          Piece piece = pieces.get(next++);
          double start = origin + piece.start() * beat;
          double end = origin + piece.end() * beat;
          worst = Math.max(worst, Math.abs(start - syllable.startSeconds()));
          worst = Math.max(worst, Math.abs(end - syllable.endSeconds()));
          // Two syllables in one beat: the first has no note of its own.
          worst = Math.max(worst, piece.end() > piece.start() ? 0 : TOLERANCE_SECONDS);
        }
        next += syllables.isEmpty() ? 1 : 0;
      }
      return new Grid(bpm, origin, pieces, worst);
    }
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    Alignment alignment = song.alignment();
    Grid grid = Grid.choose(song);
    SongTitle title = SongTitle.of(alignment.audio().path());
    header(out, "VERSION", "1.0.0");
    if (!options.encoding().equals(StandardCharsets.UTF_8)) {
      header(out, "ENCODING", options.encoding().name().replace("windows-", "CP"));
    }
    header(out, "TITLE", title.title());
    header(out, "ARTIST", title.artist());
    // Required; games look for the file beside the song.
    header(out, "MP3", title.file().isEmpty() ? "audio.mp3" : title.file());
    header(out, "LANGUAGE", Languages.name(alignment.language()));
    header(out, "CREATOR", "Chorale");
    header(out, "BPM", Integer.toString(grid.bpm()));
    header(out, "GAP", Long.toString(Times.millis(grid.originSeconds())));
    int next = 0;
    long breakAt = -1;
    for (AlignedLine line : alignment.lines()) {
      int first = next;
      for (int w = line.firstWord(); w < line.firstWord() + line.wordCount(); w++) {
        next += Math.max(1, song.syllablesOf(w).size());
      }
      List<Sung> notes = notes(grid.pieces().subList(first, next));
      if (notes.isEmpty()) {
        continue;
      }
      if (breakAt >= 0) {
        out.append("- ").append(Long.toString(breakAt)).append('\n');
      }
      for (Sung note : notes) {
        note(out, note);
      }
      Piece last = notes.get(notes.size() - 1).piece();
      breakAt = last.end();
    }
    out.append("E\n");
  }

  /** An empty value is as good as none, by the specification. */
  private static void header(Appendable out, String key, String value) throws IOException {
    if (!value.isEmpty()) {
      out.append('#').append(key).append(':').append(value).append('\n');
    }
  }

  /** A piece with the text that its note shows. */
  private record Sung(Piece piece, String text) {}

  /** The notes of a line; what has no time of its own goes with the note before it, or after it. */
  private static List<Sung> notes(List<Piece> pieces) {
    List<Sung> notes = new ArrayList<>();
    String waiting = "";
    boolean begun = false;
    for (Piece piece : pieces) {
      String text = (begun && piece.startsWord() ? " " : "") + piece.text();
      begun = true;
      if (piece.timed() && piece.end() > piece.start()) {
        notes.add(new Sung(piece, waiting + text));
        waiting = "";
      } else if (notes.isEmpty()) {
        waiting += text;
      } else {
        Sung last = notes.remove(notes.size() - 1);
        notes.add(new Sung(last.piece(), last.text() + text));
      }
    }
    return notes;
  }

  private static void note(Appendable out, Sung sung) throws IOException {
    Piece piece = sung.piece();
    Note note = piece.note().orElse(new Note(MIDDLE_C, false));
    out.append(note.sung() ? ": " : "F ")
        .append(Long.toString(piece.start()))
        .append(' ')
        .append(Long.toString(piece.end() - piece.start()))
        .append(' ')
        .append(Integer.toString(note.midi() - MIDDLE_C))
        .append(' ')
        .append(sung.text())
        .append('\n');
  }

  @Override
  public boolean recognises(TimedFile file) {
    List<String> lines = file.lines();
    boolean headers =
        lines.stream()
            .filter(l -> !l.isBlank())
            .findFirst()
            .filter(l -> HEADER.matcher(l).matches() || NOTE.matcher(l).matches())
            .isPresent();
    return headers && lines.stream().anyMatch(l -> NOTE.matcher(l).matches());
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    return new UltraStarReader(file).read();
  }
}
