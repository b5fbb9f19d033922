package org.chorale.export;

import java.io.IOException;
import org.chorale.align.AlignedLine;
import org.chorale.align.Alignment;

/**
 * LRC lyrics, a time a line, in hundredths. A line that was not found takes the time of the one
 * before. Read, the words of a line share its time, which ends with the next line or, at a second a
 * word, before.
 */
final class LrcFormat extends TextualFormat {

  LrcFormat() {
    super("lrc", "lrc");
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    Alignment alignment = song.alignment();
    out.append("[re:chorale]\n");
    out.append("[length:").append(time(alignment.audio().durationSeconds())).append("]\n");
    double time = 0;
    for (AlignedLine line : alignment.lines()) {
      time = line.isTimed() ? line.startSeconds() : time;
      out.append('[').append(time(time)).append(']').append(line.text()).append('\n');
    }
  }

  private static String time(double seconds) {
    return Times.minutesOfHundredths(Math.round(seconds * 100));
  }

  @Override
  public boolean recognises(TimedFile file) {
    return LrcStamps.anyIn(file);
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    LrcStamps stamps = LrcStamps.read(file);
    SongBuilder builder = stamps.builder(file);
    for (LrcStamps.Line line : stamps.lines()) {
      TimedRuns runs = new TimedRuns();
      runs.add(
          LrcStamps.WORD_STAMP.matcher(line.text()).replaceAll(" "),
          stamps.shifted(line.start()),
          stamps.shifted(line.likelyEnd()));
      builder.line(stamps.shifted(line.start()), runs.words());
    }
    return builder.build();
  }
}
