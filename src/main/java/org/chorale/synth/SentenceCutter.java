package org.chorale.synth;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.regex.Pattern;
import org.chorale.model.ModelException;
import org.chorale.synth.Sentence.Stop;
import org.chorale.text.Document;
import org.chorale.text.Word;
import org.chorale.text.spoken.SentenceEnds;

/** Cuts a text into sentences, and sentences that are too long at a comma or between words. */
final class SentenceCutter {

  /** Phones at one go: about twenty seconds. */
  static final int MOST_PHONES = 240;

  /** A sentence this long is cut at its next comma. */
  static final int MANY_PHONES = 110;

  private static final Pattern FULL = Pattern.compile(".*[.!…。！]['\"”’»)\\]]*$", Pattern.DOTALL);
  private static final Pattern QUESTION =
      Pattern.compile(".*[?？]+!?['\"”’»)\\]]*$", Pattern.DOTALL);
  private static final Pattern COMMA =
      Pattern.compile(".*[,;:)\\]–—、，][\"”’»]*$|^[-–—]+$", Pattern.DOTALL);

  /** Phones of a word of the text, in its first reading; none for one that is not spoken. */
  interface Phones {
    List<String> of(int word) throws ModelException;
  }

  private final Document document;
  private final Phones phones;
  private final SentenceEnds ends;
  private final Queue<Sentence> out = new ArrayDeque<>();
  private List<List<String>> words = new ArrayList<>();
  private List<Stop> stops = new ArrayList<>();
  private int first;
  private int count;
  private int next;

  SentenceCutter(Document document, Phones phones, SentenceEnds ends) {
    this.document = document;
    this.phones = phones;
    this.ends = ends;
  }

  /** What stands after a word by its own letters. */
  static Stop stop(String written) {
    if (QUESTION.matcher(written).matches()) {
      return Stop.QUESTION;
    }
    if (FULL.matcher(written).matches()) {
      return Stop.FULL;
    }
    return COMMA.matcher(written).matches() ? Stop.COMMA : Stop.NONE;
  }

  /**
   * The next sentence, nothing after the last one.
   *
   * @throws ModelException when a lexicon is broken
   */
  Optional<Sentence> next() throws ModelException {
    int end = document.words().size();
    while (out.isEmpty() && next < end) {
      take(next++, end);
      if (next == end) {
        flush(true);
      }
    }
    return Optional.ofNullable(out.poll());
  }

  private void take(int w, int end) throws ModelException {
    Word word = document.words().get(w);
    List<String> own = phones.of(w);
    Stop stop = stop(word.text());
    boolean lineEnds = w + 1 == end || document.words().get(w + 1).line() != word.line();
    if (lineEnds && stop == Stop.NONE) {
      stop = Stop.COMMA; // a line of verse, or of a list
    }
    if (w + 1 == end && stop == Stop.COMMA) {
      stop = Stop.FULL;
    }
    if (stop == Stop.FULL && !isEnd(w, word, lineEnds)) {
      stop = lineEnds ? Stop.COMMA : Stop.NONE;
    }
    if (own.isEmpty() && !stops.isEmpty()) {
      int last = stops.size() - 1; // a lone dash or stop belongs to the word before it
      stops.set(last, later(stops.get(last), stop));
    }
    add(own, stop);
  }

  private void add(List<String> own, Stop stop) {
    if (count + own.size() > MOST_PHONES && count > 0) {
      flush(false);
    }
    words.add(own.size() > MOST_PHONES ? own.subList(0, MOST_PHONES) : own);
    stops.add(stop);
    count += own.size();
    boolean ends = stop == Stop.FULL || stop == Stop.QUESTION;
    if (ends && count > 0 || stop == Stop.COMMA && count > MANY_PHONES) {
      flush(ends);
    }
  }

  private static Stop later(Stop a, Stop b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  /** Whether the stop of a word ends the sentence; what stands around it tells. */
  private boolean isEnd(int w, Word word, boolean lineEnds) {
    int from = w;
    int to = w + 1;
    while (from > 0 && w - from < SentenceEnds.REACH && isInLine(from - 1, word)) {
      from--;
    }
    while (to < document.words().size() && to - w <= SentenceEnds.REACH && isTogether(to - 1)) {
      to++;
    }
    List<String> around = document.words().subList(from, to).stream().map(Word::text).toList();
    // A verse may begin with a small letter.
    return lineEnds ? !ends.isPartOfWord(around, w - from) : ends.isEnd(around, w - from);
  }

  private boolean isInLine(int other, Word word) {
    return document.words().get(other).line() == word.line();
  }

  /** Whether no empty line is between a word and the next: prose may be broken into lines. */
  private boolean isTogether(int w) {
    Word word = document.words().get(w);
    Word next = document.words().get(w + 1);
    return isInLine(w + 1, word)
        || document
                .text()
                .substring(word.charEnd(), next.charStart())
                .codePoints()
                .filter(c -> c == '\n')
                .count()
            < 2;
  }

  private void flush(boolean ends) {
    if (!words.isEmpty()) {
      out.add(new Sentence(first, words, stops, ends));
      first += words.size();
      words = new ArrayList<>();
      stops = new ArrayList<>();
      count = 0;
    }
  }
}
