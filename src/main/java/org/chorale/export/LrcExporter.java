package org.chorale.export;

import java.io.IOException;
import org.chorale.align.AlignedLine;
import org.chorale.align.Alignment;

/** LRC lyrics, a time a line. A line that was not found takes the time of the one before. */
public final class LrcExporter implements Exporter {

  @Override
  public String name() {
    return "lrc";
  }

  @Override
  public String extension() {
    return "lrc";
  }

  @Override
  public void write(Alignment alignment, ExportOptions options, Appendable out) throws IOException {
    out.append("[re:chorale]\n");
    out.append("[length:").append(time(alignment.audio().durationSeconds())).append("]\n");
    double time = 0;
    for (AlignedLine line : alignment.lines()) {
      time = line.isTimed() ? line.startSeconds() : time;
      out.append('[').append(time(time)).append(']').append(line.text()).append('\n');
    }
  }

  /** {@code 03:07.25}; more than 99 minutes take more digits. */
  private static String time(double seconds) {
    long hundredths = Math.round(seconds * 100);
    StringBuilder out = new StringBuilder();
    Times.pad(out, hundredths / 6000, 2);
    out.append(':');
    Times.pad(out, hundredths / 100 % 60, 2);
    out.append('.');
    Times.pad(out, hundredths % 100, 2);
    return out.toString();
  }
}
