package org.chorale.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;

/**
 * A label track of Audacity: start, end and word by tabs; microseconds are written, of which the
 * last three are zero. Words without times are left out. With phones every label is a phone.
 */
final class AudacityFormat extends TextualFormat {

  AudacityFormat() {
    super("audacity", "txt");
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    List<AlignedWord> words = song.alignment().words();
    boolean phones = options.phones() && words.stream().anyMatch(w -> !w.phones().isEmpty());
    for (AlignedWord word : words) {
      if (word.isTimed() && phones) {
        for (AlignedPhone phone : word.phones()) {
          label(out, phone.startSeconds(), phone.endSeconds(), phone.phone());
        }
      } else if (word.isTimed()) {
        label(out, word.startSeconds(), word.endSeconds(), word.text());
      }
    }
  }

  private static void label(Appendable out, double start, double end, String text)
      throws IOException {
    out.append(Times.seconds(start))
        .append("000\t")
        .append(Times.seconds(end))
        .append("000\t")
        .append(text)
        .append('\n');
  }

  @Override
  public boolean recognises(TimedFile file) {
    return file.text()
        .lines()
        .filter(l -> !l.isBlank())
        .findFirst()
        .filter(l -> label(l) != null)
        .isPresent();
  }

  private record Label(double start, double end, String text) {}

  private static Label label(String line) {
    String[] fields = line.split("\t", 3);
    if (fields.length < 2) {
      return null;
    }
    OptionalDouble start = Times.parseNumber(fields[0]);
    OptionalDouble end = Times.parseNumber(fields[1]);
    return start.isEmpty() || end.isEmpty()
        ? null
        : new Label(start.getAsDouble(), end.getAsDouble(), fields.length == 3 ? fields[2] : "");
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    SongBuilder builder = new SongBuilder(file);
    List<ReadWord> words = new ArrayList<>();
    List<String> lines = file.lines();
    for (int l = 0; l < lines.size(); l++) {
      String line = lines.get(l);
      // A row that begins with a backslash has the frequencies of the label before.
      if (line.isBlank() || line.startsWith("\\")) {
        continue;
      }
      Label label = label(line);
      if (label == null) {
        throw file.wrong(l + 1, "'%s' is not START, END and a label by tabs".formatted(line));
      }
      String text = label.text().strip();
      if (text.isEmpty()) {
        continue;
      }
      if (text.split("\\s+").length == 1) {
        words.add(ReadWord.timed(text, label.start(), label.end()));
        continue;
      }
      // A label of several words is a line.
      builder.unbroken(words);
      words.clear();
      TimedRuns runs = new TimedRuns();
      runs.add(text, label.start(), label.end());
      builder.line(label.start(), runs.words());
    }
    builder.unbroken(words);
    return builder.build();
  }
}
