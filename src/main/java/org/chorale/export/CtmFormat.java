package org.chorale.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.WordStatus;

/**
 * NIST's CTM (time-marked conversation): recording, channel, start, duration, word, confidence;
 * milliseconds. Words without times are comments ({@code ;; missing WORD}), which our own reader
 * understands. With phones every row is a phone, as Kaldi writes them.
 */
final class CtmFormat extends TextualFormat {

  private static final Pattern ROW =
      Pattern.compile(
          "\\s*(\\S+)\\s+(\\S+)\\s+([-\\d.]+)\\s+([-\\d.]+)\\s+(\\S+)(?:\\s+([\\d.]+))?(?:\\s.*)?");
  private static final Pattern MISSING = Pattern.compile(";; missing (\\S+)");

  CtmFormat() {
    super("ctm", "ctm");
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    Alignment alignment = song.alignment();
    String recording = recording(alignment.audio().path());
    boolean phones =
        options.phones() && alignment.words().stream().anyMatch(w -> !w.phones().isEmpty());
    for (AlignedWord word : alignment.words()) {
      if (!word.isTimed()) {
        out.append(";; missing ").append(word.text()).append('\n');
      } else if (phones) {
        for (AlignedPhone phone : word.phones()) {
          row(
              out,
              recording,
              phone.startSeconds(),
              phone.endSeconds(),
              phone.phone(),
              phone.confidence());
        }
      } else {
        row(out, recording, word.startSeconds(), word.endSeconds(), word.text(), word.confidence());
      }
    }
  }

  private static void row(
      Appendable out, String recording, double start, double end, String what, double confidence)
      throws IOException {
    long from = Times.millis(start);
    out.append(recording)
        .append(" 1 ")
        .append(Times.secondsOfMillis(from))
        .append(' ')
        .append(Times.secondsOfMillis(Times.millis(end) - from))
        .append(' ')
        .append(what)
        .append(' ')
        .append(Times.seconds(confidence))
        .append('\n');
  }

  /** The name of the recording, without its ending; fields are parted by spaces. */
  private static String recording(String path) {
    String name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    int dot = name.lastIndexOf('.');
    String bare = (dot > 0 ? name.substring(0, dot) : name).replaceAll("[\\s;]+", "_");
    return bare.isEmpty() ? "audio" : bare;
  }

  @Override
  public boolean recognises(TimedFile file) {
    return file.text()
        .lines()
        .filter(l -> !l.isBlank() && !l.startsWith(";;"))
        .findFirst()
        .map(l -> word(l) != null)
        .orElse(file.text().startsWith(";;"));
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    SongBuilder builder = new SongBuilder(file);
    List<ReadWord> words = new ArrayList<>();
    List<String> lines = file.lines();
    for (int l = 0; l < lines.size(); l++) {
      String line = lines.get(l);
      Matcher missing = MISSING.matcher(line);
      if (missing.matches()) {
        words.add(ReadWord.untimed(missing.group(1)));
      } else if (!line.isBlank() && !line.startsWith(";;")) {
        ReadWord word = word(line);
        if (word == null) {
          throw file.wrong(
              l + 1, "'%s' is not RECORDING CHANNEL START DURATION WORD".formatted(line.strip()));
        }
        words.add(word);
      }
    }
    builder.unbroken(words);
    return builder.build();
  }

  private static ReadWord word(String line) {
    Matcher row = ROW.matcher(line);
    if (!row.matches()) {
      return null;
    }
    OptionalDouble start = Times.parseNumber(row.group(3));
    OptionalDouble length = Times.parseNumber(row.group(4));
    if (start.isEmpty() || length.isEmpty()) {
      return null;
    }
    double confidence = row.group(6) == null ? 1 : Times.parseNumber(row.group(6)).orElse(1);
    // Milliseconds: the sum of two decimal numbers is not to have a rounding of its own.
    double end = Math.round((start.getAsDouble() + length.getAsDouble()) * 1e6) / 1e6;
    return new ReadWord(
        row.group(5),
        WordStatus.ALIGNED,
        start.getAsDouble(),
        end,
        Math.min(1, confidence),
        List.of(),
        List.of());
  }
}
