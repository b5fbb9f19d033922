package org.chorale.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.melody.Note;
import org.chorale.syllable.Syllable;

/** Songs of words that formats stumble over, at times that no grid knows. */
final class RandomSongs {

  static final List<String> WORDS =
      List.of(
          "Hello",
          "naïve,",
          "שלום",
          "مرحبا",
          "你好世界",
          "😀🎶",
          "<roll>",
          "a<d",
          "R&B",
          "\"now\"",
          "it's",
          "{x}",
          "a\\b",
          "\\n",
          "a,b;c",
          "1999",
          "--",
          "-->",
          "@home",
          "/or",
          "and/or",
          "[Chorus]",
          "(x2)",
          "<3",
          "]]>",
          "&amp;",
          "cafe\u0301.",
          "\u200Fx",
          "#1",
          ":",
          "*",
          "E",
          "P1",
          "00:01",
          "'tis",
          "forever",
          "umbrella!",
          "a",
          "I",
          "o\u2019clock",
          "-",
          "50%");

  private RandomSongs() {}

  /**
   * A song.
   *
   * @param words number of its words; every fifth or so is missing
   * @param shortest shortest word, seconds; 0 allows words without length
   * @param rich whether some words have syllables, and all notes
   */
  static Song of(Random random, int words, double shortest, boolean rich) {
    List<AlignedWord> all = new ArrayList<>();
    List<AlignedLine> lines = new ArrayList<>();
    List<List<Syllable>> syllables = new ArrayList<>();
    List<List<Note>> notes = new ArrayList<>();
    double time = random.nextInt(3) == 0 ? 36_000 * random.nextDouble() : random.nextDouble();
    int charAt = 0;
    int first = 0;
    StringBuilder text = new StringBuilder();
    double start = Double.NaN;
    double end = Double.NaN;
    for (int w = 0; w < words; w++) {
      String word = WORDS.get(random.nextInt(WORDS.size()));
      boolean missing = random.nextInt(5) == 0;
      double from = time + (random.nextInt(3) == 0 ? 0 : random.nextDouble() * random.nextInt(8));
      double to = from + shortest + random.nextDouble() * random.nextInt(3);
      all.add(
          new AlignedWord(
              word,
              charAt,
              charAt + word.length(),
              lines.size(),
              missing ? WordStatus.MISSING : WordStatus.ALIGNED,
              missing ? Double.NaN : from,
              missing ? Double.NaN : to,
              missing ? 0 : 1,
              List.of()));
      List<Syllable> its =
          missing || !rich ? List.of() : divided(random, word, charAt, from, to, shortest);
      syllables.add(its);
      List<Note> melody = new ArrayList<>();
      for (int s = 0; rich && !missing && s < Math.max(1, its.size()); s++) {
        melody.add(new Note(48 + random.nextInt(24), random.nextInt(6) > 0));
      }
      notes.add(melody);
      text.append(text.length() == 0 ? "" : " ").append(word);
      charAt += word.length() + 1;
      if (!missing) {
        start = Double.isNaN(start) ? from : start;
        end = to;
        time = to;
      }
      if (w == words - 1 || random.nextInt(6) == 0) {
        lines.add(new AlignedLine(text.toString(), first, w + 1 - first, start, end, 1));
        text.setLength(0);
        first = w + 1;
        start = Double.NaN;
        end = Double.NaN;
      }
    }
    Alignment alignment =
        new Alignment(
            new Alignment.Audio("dir/An Artist - A Song.mp3", time + 1, 16_000, 1),
            "en",
            "speech",
            "m",
            1,
            Verdict.OK,
            lines,
            all);
    return new Song(alignment, rich ? syllables : List.of(), rich ? notes : List.of());
  }

  /** Two halves, if each is as long as a word must be. */
  private static List<Syllable> divided(
      Random random, String word, int charStart, double from, double to, double shortest) {
    int half = word.offsetByCodePoints(0, word.codePointCount(0, word.length()) / 2);
    if (half == 0 || random.nextBoolean() || to - from < 2 * shortest + 0.01) {
      return List.of();
    }
    double middle = from + shortest + (to - from - 2 * shortest) * random.nextDouble();
    int at = charStart + half;
    return List.of(
        new Syllable(word.substring(0, half), charStart, at, from, middle),
        new Syllable(word.substring(half), at, charStart + word.length(), middle, to));
  }

  /** A song of short words, most of 10 to 40 ms and back to back, every sixth or so missing. */
  static Song crowded(Random random, int words) {
    double time = 10 * random.nextDouble();
    List<AlignedWord> all = new ArrayList<>();
    for (int w = 0; w < words; w++) {
      boolean missing = random.nextInt(6) == 0;
      double from = time + (random.nextInt(5) == 0 ? random.nextDouble() / 10 : 0);
      double to = from + 0.01 + (random.nextInt(3) == 0 ? 0.03 * random.nextDouble() : 0);
      all.add(word("w" + w, all, 0, missing ? Double.NaN : from, missing ? Double.NaN : to));
      time = missing ? time : to;
    }
    return oneLine(all);
  }

  /** Words in a row; each lasts from its time to the next. */
  static Song atTimes(double... times) {
    List<AlignedWord> all = new ArrayList<>();
    for (int w = 0; w + 1 < times.length; w++) {
      all.add(word("w" + w, all, 0, times[w], times[w + 1]));
    }
    return oneLine(all);
  }

  /** Two lines of which the second begins while the first is sung. */
  static Song duet() {
    List<AlignedWord> words = new ArrayList<>();
    words.add(word("one", words, 0, 1, 2));
    words.add(word("two", words, 0, 2.5, 2.9));
    words.add(word("answer", words, 1, 1.9, 2.4));
    words.add(word("here", words, 1, 2.4, 5));
    return song(
        words,
        List.of(
            new AlignedLine("one two", 0, 2, 1, 2.9, 1),
            new AlignedLine("answer here", 2, 2, 1.9, 5, 1)));
  }

  /** Two lines with times, and a word with times in the first alone. */
  static Song lineWithoutTimedWords() {
    List<AlignedWord> words = new ArrayList<>();
    words.add(word("sung", words, 0, 1, 2));
    words.add(word("lost", words, 1, Double.NaN, Double.NaN));
    return song(
        words,
        List.of(new AlignedLine("sung", 0, 1, 1, 2, 1), new AlignedLine("lost", 1, 1, 3, 4, 1)));
  }

  private static AlignedWord word(
      String text, List<AlignedWord> before, int line, double from, double to) {
    int charAt = before.isEmpty() ? 0 : before.get(before.size() - 1).charEnd() + 1;
    boolean missing = Double.isNaN(from);
    return new AlignedWord(
        text,
        charAt,
        charAt + text.length(),
        line,
        missing ? WordStatus.MISSING : WordStatus.ALIGNED,
        from,
        to,
        missing ? 0 : 1,
        List.of());
  }

  private static Song oneLine(List<AlignedWord> words) {
    List<AlignedWord> timed = words.stream().filter(AlignedWord::isTimed).toList();
    String text = words.stream().map(AlignedWord::text).collect(Collectors.joining(" "));
    double start = timed.isEmpty() ? Double.NaN : timed.get(0).startSeconds();
    double end = timed.isEmpty() ? Double.NaN : timed.get(timed.size() - 1).endSeconds();
    return song(words, List.of(new AlignedLine(text, 0, words.size(), start, end, 1)));
  }

  private static Song song(List<AlignedWord> words, List<AlignedLine> lines) {
    Alignment.Audio audio = new Alignment.Audio("An Artist - A Song.mp3", 100, 16_000, 1);
    return Song.of(new Alignment(audio, "en", "lyrics", "m", 1, Verdict.OK, lines, words));
  }
}
