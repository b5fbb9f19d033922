package org.chorale.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;

/**
 * Praat's TextGrid, long format: a tier of words and, where there are phones, one of them;
 * milliseconds. Words without times are left out. Read in its long and short form, by the rules of
 * Praat's manual ("TextGrid file formats"): what counts are free-standing numbers, strings and
 * flags.
 */
final class TextGridFormat extends TextualFormat {

  TextGridFormat() {
    super("textgrid", "TextGrid");
  }

  private record Interval(long startMillis, long endMillis, String text) {}

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    Alignment alignment = song.alignment();
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

  @Override
  public boolean recognises(TimedFile file) {
    String head = file.text().substring(0, Math.min(200, file.text().length()));
    return head.contains("ooTextFile") && head.contains("TextGrid");
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    if (!recognises(file)) {
      throw file.wrong("is no TextGrid; it begins with 'File type = \"ooTextFile\"' and its class");
    }
    SongBuilder builder = new SongBuilder(file);
    TextGridTokens tokens = new TextGridTokens(file);
    tokens.skipHeader();
    tokens.number();
    builder.duration(tokens.number());
    List<Tier> tiers = new ArrayList<>();
    if (tokens.flag().equals("<exists>")) {
      int count = tokens.count();
      for (int t = 0; t < count; t++) {
        tier(tokens, tiers);
      }
    }
    Tier.read(tiers, builder);
    return builder.build();
  }

  private static void tier(TextGridTokens tokens, List<Tier> tiers) throws FormatException {
    String kind = tokens.string();
    String name = tokens.string();
    tokens.number();
    tokens.number();
    int count = tokens.count();
    List<Tier.Interval> intervals = new ArrayList<>();
    boolean points = kind.equals("TextTier");
    for (int i = 0; i < count; i++) {
      double start = tokens.number();
      double end = points ? start : tokens.number();
      String text = tokens.string();
      if (!points && !text.isBlank()) {
        intervals.add(new Tier.Interval(start, end, text));
      }
    }
    if (!points) {
      tiers.add(new Tier(name, intervals));
    }
  }
}
