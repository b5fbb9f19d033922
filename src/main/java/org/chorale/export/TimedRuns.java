package org.chorale.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.chorale.align.WordStatus;
import org.chorale.melody.Note;
import org.chorale.text.Whitespace;

/**
 * Makes the words of one line out of runs of timed text, as karaoke formats have them: white space
 * in a run parts words, runs without white space between them are syllables of one word, a run of
 * no length is text without times, and words that share a run share its time by their length. Not
 * thread-safe.
 */
final class TimedRuns {

  private final List<ReadWord> words = new ArrayList<>();
  private final List<ReadWord.Part> parts = new ArrayList<>();
  private boolean shared;

  /** Adds a run; without length its text has no times. */
  void add(String text, double start, double end) {
    add(text, start, end, Optional.empty());
  }

  /** Adds a run that is sung on a note. */
  void add(String text, double start, double end, Optional<Note> note) {
    boolean timed = end > start;
    List<String> pieces = split(text);
    long letters = pieces.stream().filter(p -> !isSpace(p)).mapToLong(String::length).sum();
    long inRun = pieces.stream().filter(p -> !isSpace(p)).count();
    long before = 0;
    for (String piece : pieces) {
      if (isSpace(piece)) {
        endWord();
        continue;
      }
      double from = timed ? start + (end - start) * before / letters : Double.NaN;
      before += piece.length();
      double to = timed ? start + (end - start) * before / letters : Double.NaN;
      parts.add(new ReadWord.Part(piece, from, to, note));
      shared |= timed && inRun > 1;
    }
  }

  /** Adds text that has no times. */
  void addUntimed(String text) {
    add(text, 0, 0);
  }

  /** Prolongs the syllable that was added last: its vowel is held. */
  void extend(double end) {
    if (!parts.isEmpty()) {
      ReadWord.Part last = parts.remove(parts.size() - 1);
      parts.add(
          new ReadWord.Part(last.text(), last.start(), Math.max(last.end(), end), last.note()));
    } else if (!words.isEmpty() && words.get(words.size() - 1).isTimed()) {
      ReadWord last = words.remove(words.size() - 1);
      parts.addAll(last.parts());
      shared = last.status() == WordStatus.INTERPOLATED;
      extend(end);
      endWord();
    }
  }

  /** What follows is another word. */
  void endWord() {
    if (parts.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder();
    double start = Double.NaN;
    double end = Double.NaN;
    for (ReadWord.Part part : parts) {
      text.append(part.text());
      if (!Double.isNaN(part.start())) {
        start = Double.isNaN(start) ? part.start() : start;
        end = part.end();
      }
    }
    if (Double.isNaN(start)) {
      words.add(ReadWord.untimed(text.toString()));
    } else {
      words.add(
          new ReadWord(
              text.toString(),
              shared ? WordStatus.INTERPOLATED : WordStatus.ALIGNED,
              start,
              end,
              1,
              List.of(),
              timedParts(start)));
    }
    parts.clear();
    shared = false;
  }

  /** The syllables; one without times lies where the one before it ends. */
  private List<ReadWord.Part> timedParts(double start) {
    List<ReadWord.Part> timed = new ArrayList<>();
    double at = start;
    for (ReadWord.Part part : parts) {
      boolean known = !Double.isNaN(part.start());
      timed.add(known ? part : new ReadWord.Part(part.text(), at, at, part.note()));
      at = known ? part.end() : at;
    }
    return timed;
  }

  /** The words so far, the one that is open included; nothing can be added afterwards. */
  List<ReadWord> words() {
    endWord();
    return words;
  }

  private static boolean isSpace(String piece) {
    return Whitespace.is(piece.codePointAt(0));
  }

  /** The words of a text and the white space between them. */
  private static List<String> split(String text) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= text.length(); i++) {
      if (i == text.length()
          || Whitespace.is(text.charAt(i)) != Whitespace.is(text.charAt(i - 1))) {
        pieces.add(text.substring(start, i));
        start = i;
      }
    }
    return pieces;
  }
}
