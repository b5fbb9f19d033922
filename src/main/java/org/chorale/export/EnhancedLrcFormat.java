package org.chorale.export;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chorale.align.AlignedLine;
import org.chorale.align.Alignment;

/**
 * Enhanced LRC (the A2 extension): a time before every syllable, in hundredths, and one where a
 * word ends before the next begins. Words without times stand between two equal stamps.
 */
final class EnhancedLrcFormat extends TextualFormat {

  private static final int UNITS = 100;
  private static final Pattern SPACED_STAMP =
      Pattern.compile("\\S\\s+<\\s*\\d{1,6}:\\d|<\\s*\\d{1,6}:[\\d.:,]+\\s*>\\s+\\S");

  EnhancedLrcFormat() {
    super("elrc", "lrc");
  }

  @Override
  public boolean hasSyllables() {
    return true;
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    Alignment alignment = song.alignment();
    out.append("[re:chorale]\n");
    out.append("[length:")
        .append(Times.minutesOfHundredths(Math.round(alignment.audio().durationSeconds() * UNITS)))
        .append("]\n");
    long at = 0;
    for (AlignedLine line : alignment.lines()) {
      List<Piece> pieces = Piece.of(song, line.firstWord(), line.wordCount(), UNITS, at);
      if (pieces.isEmpty()) {
        continue;
      }
      out.append('[').append(Times.minutesOfHundredths(pieces.get(0).start())).append(']');
      long stamped = -1; // the stamp behind which nothing stands yet
      for (int p = 0; p < pieces.size(); p++) {
        Piece piece = pieces.get(p);
        Piece next = p + 1 < pieces.size() ? pieces.get(p + 1) : null;
        if (piece.start() != stamped) {
          stamp(out, piece.start());
        }
        // The space before the stamp that ends the word: some readers drop it between two stamps.
        out.append(piece.text()).append(next != null && next.startsWord() ? " " : "");
        boolean nextStampEndsIt =
            piece.timed() && next != null && next.timed() && next.start() == piece.end();
        if (!nextStampEndsIt) {
          stamp(out, piece.end());
        }
        stamped = nextStampEndsIt ? -1 : piece.end();
        at = piece.end();
      }
      out.append('\n');
    }
  }

  private static void stamp(Appendable out, long hundredths) throws IOException {
    out.append('<').append(Times.minutesOfHundredths(hundredths)).append('>');
  }

  @Override
  public boolean recognises(TimedFile file) {
    return LrcStamps.anyIn(file) && LrcStamps.WORD_STAMP.matcher(file.text()).find();
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    LrcStamps stamps = LrcStamps.read(file);
    SongBuilder builder = stamps.builder(file);
    // Stamps stand between syllables as well as between words, where spaces part the words. A file
    // that has no space beside any stamp means words.
    boolean syllables = stamps.syllables() || SPACED_STAMP.matcher(file.text()).find();
    for (LrcStamps.Line line : stamps.lines()) {
      builder.line(stamps.shifted(line.start()), words(line, stamps, syllables));
    }
    return builder.build();
  }

  private static List<ReadWord> words(LrcStamps.Line line, LrcStamps stamps, boolean syllables) {
    TimedRuns runs = new TimedRuns();
    Matcher stamp = LrcStamps.WORD_STAMP.matcher(line.text());
    double from = line.start();
    int at = 0;
    while (stamp.find()) {
      double to = LrcStamps.seconds(stamp);
      add(runs, line.text().substring(at, stamp.start()), from, to, stamps);
      if (!syllables) {
        runs.endWord();
      }
      from = to;
      at = stamp.end();
    }
    String rest = line.text().substring(at);
    if (!rest.isBlank()) {
      // Nothing says when the last word ends.
      LrcStamps.Line tail = new LrcStamps.Line(from, Math.max(from, line.end()), rest);
      add(runs, rest, from, Math.max(from + 0.01, tail.likelyEnd()), stamps);
    }
    return runs.words();
  }

  private static void add(TimedRuns runs, String text, double from, double to, LrcStamps stamps) {
    double start = stamps.shifted(from);
    runs.add(text, start, Math.max(start, stamps.shifted(to)));
  }
}
