package org.chorale.export;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.melody.Note;
import org.chorale.syllable.Syllable;

/**
 * Makes a song of what a file holds: lines in the order of their times, words with their places in
 * the text, times that fit together. What a file does not say is taken on trust: words with times
 * have confidence 1, the verdict is ok, the recording ends with its last word. Not thread-safe.
 */
final class SongBuilder {

  /** What {@link Alignment#model()} says of an alignment that was not made but read. */
  static final String MODEL = "imported";

  /** Eleven days; beyond that a number is no time of a recording. */
  private static final double MAX_SECONDS = 1e6;

  private static final double PAUSE_SECONDS = 1;
  private static final int MOST_WORDS_A_LINE = 20;

  private record Line(double key, List<ReadWord> words) {}

  private final TimedFile file;
  private final List<Line> lines = new ArrayList<>();
  private String language = "und";
  private String mode = "speech";
  private String audio = "";
  private double duration;

  SongBuilder(TimedFile file) {
    this.file = file;
  }

  /** The language, a BCP 47 tag; only its primary part is kept. */
  void language(String tag) {
    String primary = tag.strip().toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
    language = primary.isEmpty() ? language : primary;
  }

  /** That the file holds a song. */
  void lyrics() {
    mode = "lyrics";
  }

  /** The recording, as the file names it. */
  void audio(String path) {
    audio = path;
  }

  /** The length of the recording, where the file has it. */
  void duration(double seconds) {
    if (seconds > 0 && seconds <= MAX_SECONDS) {
      duration = Math.max(duration, seconds);
    }
  }

  /** Adds a line, whose place is where its first timed word is. */
  void line(List<ReadWord> words) {
    double key =
        words.stream()
            .filter(ReadWord::isTimed)
            .mapToDouble(ReadWord::start)
            .findFirst()
            .orElse(Double.NaN);
    line(key, words);
  }

  /** Adds a line whose place is known though its words may have no times; NaN: after the last. */
  void line(double key, List<ReadWord> words) {
    if (!words.isEmpty()) {
      double last = lines.isEmpty() ? 0 : lines.get(lines.size() - 1).key();
      lines.add(new Line(Double.isNaN(key) ? last : key, List.copyOf(words)));
    }
  }

  /** Adds words that the file has not divided into lines: at sentence ends and pauses. */
  void unbroken(List<ReadWord> words) {
    List<ReadWord> line = new ArrayList<>();
    double end = Double.NaN;
    for (ReadWord word : words) {
      boolean pause = word.isTimed() && word.start() - end >= PAUSE_SECONDS;
      boolean sentence =
          !line.isEmpty() && ".!?…。！？".indexOf(lastOf(line.get(line.size() - 1).text())) >= 0;
      if (pause || sentence || line.size() >= MOST_WORDS_A_LINE) {
        line(line);
        line.clear();
      }
      line.add(word);
      end = word.isTimed() ? word.end() : end;
    }
    line(line);
  }

  private static int lastOf(String text) {
    return text.codePointBefore(text.length());
  }

  /**
   * The song.
   *
   * @throws FormatException when a time is no time
   */
  Song build() throws FormatException {
    // Stable: lines without times stay behind the one they follow.
    lines.sort(Comparator.comparingDouble(Line::key));
    List<ReadWord> fitted = fitted();
    List<AlignedWord> words = new ArrayList<>();
    List<AlignedLine> aligned = new ArrayList<>();
    List<List<Syllable>> syllables = new ArrayList<>();
    List<List<Note>> notes = new ArrayList<>();
    int charAt = 0;
    int first = 0;
    for (Line line : lines) {
      List<ReadWord> its = fitted.subList(first, first + line.words().size());
      for (ReadWord word : its) {
        words.add(
            new AlignedWord(
                word.text(),
                charAt,
                charAt + word.text().length(),
                aligned.size(),
                word.status(),
                word.start(),
                word.end(),
                word.confidence(),
                word.phones()));
        syllables.add(syllables(word, charAt));
        notes.add(notes(word));
        charAt += word.text().length() + 1;
      }
      aligned.add(line(its, first));
      first += its.size();
    }
    boolean divided = syllables.stream().anyMatch(s -> !s.isEmpty());
    boolean melody = notes.stream().anyMatch(n -> !n.isEmpty());
    double end =
        fitted.stream().filter(ReadWord::isTimed).mapToDouble(ReadWord::end).max().orElse(0);
    Alignment alignment =
        new Alignment(
            new Alignment.Audio(audio, Math.max(duration, end), 0, 0),
            language,
            mode,
            MODEL,
            1,
            Verdict.OK,
            aligned,
            words);
    return new Song(alignment, divided ? syllables : List.of(), melody ? notes : List.of());
  }

  private static AlignedLine line(List<ReadWord> words, int first) {
    double start = Double.NaN;
    double end = Double.NaN;
    double sum = 0;
    StringBuilder text = new StringBuilder();
    for (ReadWord word : words) {
      text.append(text.isEmpty() ? "" : " ").append(word.text());
      sum += word.confidence();
      if (word.isTimed()) {
        start = Double.isNaN(start) ? word.start() : start;
        end = word.end();
      }
    }
    return new AlignedLine(text.toString(), first, words.size(), start, end, sum / words.size());
  }

  /**
   * All words with times that are in order within their lines, none reaching into the next. Lines
   * may overlap where two voices sing.
   */
  private List<ReadWord> fitted() throws FormatException {
    List<ReadWord> all = new ArrayList<>();
    for (Line line : lines) {
      double floor = 0;
      for (ReadWord word : line.words()) {
        if (!word.isTimed()) {
          all.add(word);
          continue;
        }
        // Not a comparison the other way round: NaN is to fail, too.
        if (!(Math.abs(word.start()) <= MAX_SECONDS && Math.abs(word.end()) <= MAX_SECONDS)) {
          throw file.wrong(
              "has '%s' from %s to %s s, which is no time in a recording"
                  .formatted(word.text(), word.start(), word.end()));
        }
        double start = Math.max(floor, word.start());
        all.add(word.withTimes(start, Math.max(start, word.end())));
        floor = start;
      }
    }
    double limit = Double.POSITIVE_INFINITY;
    for (int w = all.size() - 1; w >= 0; w--) {
      ReadWord word = all.get(w);
      if (word.isTimed()) {
        if (word.start() <= limit && word.end() > limit) {
          all.set(w, word.withTimes(word.start(), limit));
        }
        limit = word.start();
      }
    }
    return all;
  }

  private static List<Syllable> syllables(ReadWord word, int charStart) {
    if (word.parts().size() < 2 || word.status() != WordStatus.ALIGNED) {
      return List.of();
    }
    List<Syllable> syllables = new ArrayList<>();
    int at = charStart;
    double floor = word.start();
    for (ReadWord.Part part : word.parts()) {
      double start = Math.min(word.end(), Math.max(floor, part.start()));
      double end = Math.min(word.end(), Math.max(start, part.end()));
      syllables.add(new Syllable(part.text(), at, at + part.text().length(), start, end));
      at += part.text().length();
      floor = start;
    }
    return syllables;
  }

  private static List<Note> notes(ReadWord word) {
    if (word.status() != WordStatus.ALIGNED
        || word.parts().isEmpty()
        || word.parts().stream().anyMatch(p -> p.note().isEmpty())) {
      return List.of();
    }
    return word.parts().stream().map(ReadWord.Part::note).map(Optional::orElseThrow).toList();
  }
}
