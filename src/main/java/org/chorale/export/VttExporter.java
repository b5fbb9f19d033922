package org.chorale.export;

import java.io.IOException;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;

/** WebVTT with the time of every word inside its cue, for players that paint words as they come. */
public final class VttExporter implements Exporter {

  @Override
  public String name() {
    return "vtt";
  }

  @Override
  public String extension() {
    return "vtt";
  }

  @Override
  public void write(Alignment alignment, ExportOptions options, Appendable out) throws IOException {
    out.append("WEBVTT\n");
    for (Cue cue : CueBuilder.cues(alignment)) {
      out.append('\n')
          .append(Times.clock(cue.startSeconds(), '.'))
          .append(" --> ")
          .append(Times.clock(cue.endSeconds(), '.'))
          .append('\n');
      long last = Times.millis(cue.startSeconds());
      for (int w = 0; w < cue.words().size(); w++) {
        AlignedWord word = cue.words().get(w);
        if (w > 0) {
          out.append(w == cue.breakBefore() ? "\n" : " ");
        }
        // Times inside a cue must lie inside it and grow.
        if (word.isTimed()
            && Times.millis(word.startSeconds()) > last
            && Times.millis(word.startSeconds()) < Times.millis(cue.endSeconds())) {
          last = Times.millis(word.startSeconds());
          out.append('<').append(Times.clock(word.startSeconds(), '.')).append('>');
        }
        out.append(escape(word.text()));
      }
      out.append('\n');
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
