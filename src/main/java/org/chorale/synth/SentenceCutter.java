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
  private final Queue<Sentence> out = new ArrayDeque<>();
  private List<List<String>> words = new ArrayList<>();
  private List<Stop> stops = new ArrayList<>();
  private int first;
  private int count;
  private int next;

  SentenceCutter(Document document, Phones phones) {
    this.document = document;
    this.phones = phones;
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
    // An abbreviation ends in a full stop, too: what follows tells by its capital.
    if (stop == Stop.FULL && !lineEnds && startsSmall(w + 1)) {
      stop = Stop.NONE;
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

  private boolean startsSmall(int w) {
    return document
        .words()
        .get(w)
        .text()
        .codePoints()
        .filter(Character::isLetterOrDigit)
        .limit(1)
        .anyMatch(Character::isLowerCase);
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
