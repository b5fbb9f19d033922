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
 * UltraStar song, version 1 of the format's specification. GAP is the start of the first note; BPM
 * is the slowest of some round numbers with which no syllable starts or ends 20 ms off. A syllable
 * is a note: {@code :} on its pitch, {@code F} (freestyle) where none was heard; without a melody
 * all are freestyle on C4. Words without times are short freestyle notes between their neighbours,
 * lines without any time are left out. Lines that overlap are sung by several voices.
 */
final class UltraStarFormat extends TextualFormat {

  private static final double TOLERANCE_SECONDS = 0.0199;
  // Beats of 37.5 ms down to 2.5 ms: every rounding is below 19 ms; what asks for more are
  // syllables shorter than a beat, of which every one needs a beat of its own.
  private static final int[] BPMS = {400, 500, 600, 750, 1000, 1500, 3000, 6000};
  private static final int MOST_VOICES = 9;
  private static final int MIDDLE_C = 60;

  /** Something sung, or a break between lines. */
  static final Pattern NOTE =
      Pattern.compile(
          "\\s*([:*FRG]|\\*:)\\s*(-?\\d{1,9})\\s+(-?\\d{1,9})\\s+(-?\\d{1,4})(?:\\s(.*))?");

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

  /** Beats per minute, a quarter of what the file counts, and all voices on that grid. */
  private record Grid(int bpm, double originSeconds, List<UltraStarVoice> voices) {

    static Grid choose(Song song) {
      double origin = Math.floor(Math.max(0, firstSeconds(song)) * 1000) / 1000;
      Grid best = null;
      for (int bpm : BPMS) {
        Grid grid = of(song, bpm, origin);
        best = best == null || grid.worstSeconds() < best.worstSeconds() ? grid : best;
        if (grid.worstSeconds() < TOLERANCE_SECONDS) {
          return grid;
        }
      }
      return best;
    }

    /** The first syllable, or where the words without times before it have room. */
    private static double firstSeconds(Song song) {
      double first = Double.POSITIVE_INFINITY;
      for (AlignedLine line : song.alignment().lines()) {
        List<AlignedWord> words = wordsOf(song, line);
        int untimed = 0;
        while (untimed < words.size() && !words.get(untimed).isTimed()) {
          untimed++;
        }
        if (untimed < words.size()) {
          double room = untimed * UltraStarVoice.UNTIMED_SECONDS;
          first = Math.min(first, words.get(untimed).startSeconds() - room);
        }
      }
      return Double.isInfinite(first) ? 0 : first;
    }

    private static List<AlignedWord> wordsOf(Song song, AlignedLine line) {
      int first = line.firstWord();
      return song.alignment().words().subList(first, first + line.wordCount());
    }

    private static Grid of(Song song, int bpm, double originSeconds) {
      List<UltraStarVoice> voices = new ArrayList<>();
      List<Double> ends = new ArrayList<>();
      for (AlignedLine line : song.alignment().lines()) {
        // Times of the words: those of a line may be older than a filter that took words out.
        List<AlignedWord> timed =
            wordsOf(song, line).stream().filter(AlignedWord::isTimed).toList();
        if (timed.isEmpty()) {
          continue;
        }
        int v = voiceFor(timed.get(0).startSeconds(), ends);
        if (v == voices.size()) {
          voices.add(new UltraStarVoice(originSeconds, 15.0 / bpm));
          ends.add(0.0);
        }
        ends.set(v, Math.max(ends.get(v), timed.get(timed.size() - 1).endSeconds()));
        add(song, line, voices.get(v));
      }
      voices.forEach(UltraStarVoice::place);
      return new Grid(bpm, originSeconds, voices);
    }

    /** The first voice that is free; if none is, the one that is free soonest. */
    private static int voiceFor(double startSeconds, List<Double> ends) {
      int soonest = 0;
      for (int v = 0; v < ends.size(); v++) {
        if (ends.get(v) <= startSeconds + TOLERANCE_SECONDS / 2) {
          return v;
        }
        soonest = ends.get(v) < ends.get(soonest) ? v : soonest;
      }
      return ends.size() < MOST_VOICES ? ends.size() : soonest;
    }

    private static void add(Song song, AlignedLine line, UltraStarVoice voice) {
      voice.line();
      for (int w = line.firstWord(); w < line.firstWord() + line.wordCount(); w++) {
        String space = w > line.firstWord() ? " " : "";
        List<Syllable> syllables = song.syllablesOf(w);
        if (syllables.isEmpty()) {
          voice.untimed(space + song.alignment().words().get(w).text());
        }
        for (int s = 0; s < syllables.size(); s++) {
          Syllable syllable = syllables.get(s);
          voice.syllable(
              (s == 0 ? space : "") + syllable.text(),
              syllable.startSeconds(),
              syllable.endSeconds(),
              song.note(w, s));
        }
      }
    }

    /** Words without room are as bad as words in a wrong place. */
    private double worstSeconds() {
      return voices.stream()
          .mapToDouble(v -> v.worstSeconds() + (v.crowded() ? TOLERANCE_SECONDS : 0))
          .max()
          .orElse(0);
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
    boolean several = grid.voices().size() > 1;
    for (int v = 1; several && v <= grid.voices().size(); v++) {
      header(out, "P" + v, "Voice " + v);
    }
    for (int v = 1; v <= grid.voices().size(); v++) {
      if (several) {
        out.append('P').append(Integer.toString(v)).append('\n');
      }
      long breakAt = -1;
      for (List<UltraStarVoice.Sung> line : grid.voices().get(v - 1).notes()) {
        if (breakAt >= 0) {
          out.append("- ").append(Long.toString(breakAt)).append('\n');
        }
        for (UltraStarVoice.Sung note : line) {
          note(out, note);
        }
        breakAt = line.get(line.size() - 1).end();
      }
    }
    out.append("E\n");
  }

  /** An empty value is as good as none, by the specification. */
  private static void header(Appendable out, String key, String value) throws IOException {
    if (!value.isEmpty()) {
      out.append('#').append(key).append(':').append(value).append('\n');
    }
  }

  private static void note(Appendable out, UltraStarVoice.Sung sung) throws IOException {
    Note note = sung.note().orElse(new Note(MIDDLE_C, false));
    out.append(note.sung() ? ": " : "F ")
        .append(Long.toString(sung.start()))
        .append(' ')
        .append(Long.toString(sung.end() - sung.start()))
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
