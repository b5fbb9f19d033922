package org.chorale.export;

import java.io.IOException;
import java.util.List;

/**
 * SubRip subtitles; times in milliseconds, a cue at a time. Read, a cue is a line whose words share
 * its time.
 */
final class SrtFormat extends TextualFormat {

  SrtFormat() {
    super("srt", "srt");
  }

  @Override
  public boolean hasCues() {
    return true;
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    List<Cue> cues = options.cues().cues(song.alignment());
    for (int c = 0; c < cues.size(); c++) {
      Cue cue = cues.get(c);
      out.append(c == 0 ? "" : "\n")
          .append(Integer.toString(c + 1))
          .append('\n')
          .append(Times.clock(cue.startSeconds(), ','))
          .append(" --> ")
          .append(Times.clock(cue.endSeconds(), ','))
          .append('\n')
          .append(cue.text())
          .append('\n');
    }
  }

  @Override
  public boolean recognises(TimedFile file) {
    return CueText.anyIn(file);
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    SongBuilder builder = new SongBuilder(file);
    for (CueText cue : CueText.read(file, 0, false)) {
      TimedRuns runs = new TimedRuns();
      runs.add(CueText.plain(cue.text()), cue.start(), cue.end());
      builder.line(cue.start(), runs.words());
    }
    return builder.build();
  }
}
