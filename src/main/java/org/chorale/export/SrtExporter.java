package org.chorale.export;

import java.io.IOException;
import java.util.List;
import org.chorale.align.Alignment;

/** SubRip subtitles. */
public final class SrtExporter implements Exporter {

  @Override
  public String name() {
    return "srt";
  }

  @Override
  public String extension() {
    return "srt";
  }

  @Override
  public void write(Alignment alignment, ExportOptions options, Appendable out) throws IOException {
    List<Cue> cues = CueBuilder.cues(alignment);
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
}
