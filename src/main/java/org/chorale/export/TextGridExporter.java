package org.chorale.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;

/**
 * Praat's TextGrid, long format, UTF-8: a tier of words and, where there are phones, one of them.
 */
public final class TextGridExporter implements Exporter {

  @Override
  public String name() {
    return "textgrid";
  }

  @Override
  public String extension() {
    return "TextGrid";
  }

  private record Interval(long startMillis, long endMillis, String text) {}

  @Override
  public void write(Alignment alignment, ExportOptions options, Appendable out) throws IOException {
    List<Interval> words = new ArrayList<>();
    List<Interval> phones = new ArrayList<>();
    long length = Math.max(1, Times.millis(alignment.audio().durationSeconds()));
    for (AlignedWord word : alignment.words()) {
      if (!word.isTimed()) {
        continue;
      }
      add(words, word.startSeconds(), word.endSeconds(), word.text(), length);
      for (AlignedPhone phone : word.phones()) {
        add(phones, phone.startSeconds(), phone.endSeconds(), phone.phone(), length);
      }
    }
    boolean both = options.phones() && !phones.isEmpty();
    out.append("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = ")
        .append(Times.seconds(length / 1000.0))
        .append("\ntiers? <exists>\nsize = ")
        .append(both ? "2" : "1")
        .append("\nitem []:\n");
    tier(out, 1, "words", words, length);
    if (both) {
      tier(out, 2, "phones", phones, length);
    }
  }

  /** Intervals of no length cannot be written: they are left out. */
  private static void add(
      List<Interval> tier, double startSeconds, double endSeconds, String text, long length) {
    long floor = tier.isEmpty() ? 0 : tier.get(tier.size() - 1).endMillis();
    long start = Math.max(floor, Times.millis(startSeconds));
    long end = Math.min(length, Math.max(start + 1, Times.millis(endSeconds)));
    if (end > start) {
      tier.add(new Interval(start, end, text));
    }
  }

  private static void tier(
      Appendable out, int number, String name, List<Interval> spoken, long length)
      throws IOException {
    List<Interval> all = new ArrayList<>();
    long at = 0;
    for (Interval interval : spoken) {
      if (interval.startMillis() > at) {
        all.add(new Interval(at, interval.startMillis(), ""));
      }
      all.add(interval);
      at = interval.endMillis();
    }
    if (at < length || all.isEmpty()) {
      all.add(new Interval(at, length, ""));
    }
    out.append("    item [" + number + "]:\n        class = \"IntervalTier\"\n        name = \"")
        .append(name)
        .append("\"\n        xmin = 0\n        xmax = ")
        .append(Times.seconds(length / 1000.0))
        .append("\n        intervals: size = " + all.size() + "\n");
    for (int i = 0; i < all.size(); i++) {
      Interval interval = all.get(i);
      out.append("        intervals [" + (i + 1) + "]:\n            xmin = ")
          .append(Times.seconds(interval.startMillis() / 1000.0))
          .append("\n            xmax = ")
          .append(Times.seconds(interval.endMillis() / 1000.0))
          .append("\n            text = \"")
          .append(interval.text().replace("\"", "\"\""))
          .append("\"\n");
    }
  }
}
