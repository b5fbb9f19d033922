package org.chorale.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.chorale.text.spoken.Readings;
import org.chorale.text.spoken.SpokenLanguage;

/**
 * Turns a text into a {@link Document}: its lines, its whitespace-separated words with exact
 * offsets, and the ways each word may be spoken.
 *
 * <p>Any text parses; what nobody can speak (a dash, a stage direction) becomes a word without
 * readings. Neighbours on the same line are taken into account ("$ 5", "Dr. Smith", "4 juillet").
 *
 * <p>Safe to share between threads. Keeps the rules of the languages it met, so make one and keep
 * it.
 */
public final class DocumentParser {

  private final ConcurrentMap<String, SpokenLanguage> languages = new ConcurrentHashMap<>();

  /**
   * Parses a text.
   *
   * @param text any text; offsets of the result count its UTF-16 code units
   * @param language BCP 47 tag; only its primary part counts, "und" where it is not known
   */
  public Document parse(String text, String language) {
    Objects.requireNonNull(text, "text");
    String primary = language.toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
    String known = primary.isBlank() || primary.equals("auto") ? "und" : primary;
    SpokenLanguage spoken = languages(known);
    BitSet silent = new StageDirections(spoken.stageWords()).find(text);
    List<Span> spans = lines(text);
    List<List<Span>> wordSpans = spans.stream().map(line -> words(text, line)).toList();
    boolean[] upperCase = upperCase(text, spans, silent);
    List<Line> lines = new ArrayList<>();
    List<Word> words = new ArrayList<>();
    for (int i = 0; i < spans.size(); i++) {
      List<Span> written = wordSpans.get(i);
      List<Readings> readings =
          spoken.read(
              written.stream().map(span -> spokenPart(text, span, silent)).toList(), upperCase[i]);
      int start = written.get(0).start();
      int end = written.get(written.size() - 1).end();
      lines.add(new Line(text.substring(start, end), start, end, words.size(), written.size()));
      for (int k = 0; k < written.size(); k++) {
        Span span = written.get(k);
        words.add(
            new Word(
                text.substring(span.start(), span.end()),
                span.start(),
                span.end(),
                lines.size() - 1,
                readings.get(k).toList()));
      }
    }
    return new Document(text, known, lines, words);
  }

  private SpokenLanguage languages(String language) {
    // Tags come from users: only languages with rules are worth keeping.
    return SpokenLanguage.FULL.contains(language) || languages.size() < 64
        ? languages.computeIfAbsent(language, SpokenLanguage::of)
        : SpokenLanguage.of(language);
  }

  /** Lines with at least one word, without the whitespace around. */
  private static List<Span> lines(String text) {
    List<Span> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || Whitespace.endsLine(text.charAt(i))) {
        if (!words(text, new Span(start, i)).isEmpty()) {
          lines.add(new Span(start, i));
        }
        start = i + 1;
      }
    }
    return lines;
  }

  // Every whitespace character is a single code unit, so unpaired surrogates do no harm.
  private static List<Span> words(String text, Span line) {
    List<Span> words = new ArrayList<>();
    int start = -1;
    for (int i = line.start(); i <= line.end(); i++) {
      boolean gap = i == line.end() || Whitespace.is(text.charAt(i));
      if (gap && start >= 0) {
        words.add(new Span(start, i));
        start = -1;
      } else if (!gap && start < 0) {
        start = i;
      }
    }
    return words;
  }

  private static String spokenPart(String text, Span word, BitSet silent) {
    int next = silent.nextSetBit(word.start());
    if (next < 0 || next >= word.end()) {
      return text.substring(word.start(), word.end());
    }
    StringBuilder part = new StringBuilder();
    for (int i = word.start(); i < word.end(); i++) {
      if (!silent.get(i)) {
        part.append(text.charAt(i));
      }
    }
    return part.toString();
  }

  /**
   * Which lines are in capitals throughout, so that capitals mark no acronyms: two words or more
   * without a small letter, or one beside such a line, or in a text that is mostly capitals.
   */
  private static boolean[] upperCase(String text, List<Span> lines, BitSet silent) {
    boolean[] all = new boolean[lines.size()];
    int capitalLines = 0;
    int[] words = new int[lines.size()];
    for (int i = 0; i < all.length; i++) {
      boolean small = false;
      int capitals = 0;
      boolean inWord = false;
      Span line = lines.get(i);
      for (int k = line.start(); k < line.end(); k++) {
        char c = text.charAt(k);
        small |= !silent.get(k) && Character.isLowerCase(c);
        boolean capital = !silent.get(k) && Character.isUpperCase(c);
        capitals += capital ? 1 : 0;
        words[i] += capital && !inWord ? 1 : 0;
        inWord = Character.isLetter(c) || c == '\'' || c == '’' || c == '.';
      }
      all[i] = !small && capitals > 1;
      capitalLines += all[i] ? 1 : 0;
    }
    boolean mostly = capitalLines > 1 && capitalLines * 3 > all.length * 2;
    boolean[] shouted = new boolean[all.length];
    for (int i = 0; i < all.length; i++) {
      boolean beside =
          (i > 0 && all[i - 1] && words[i - 1] > 1)
              || (i + 1 < all.length && all[i + 1] && words[i + 1] > 1);
      shouted[i] = all[i] && (words[i] > 1 || beside || mostly);
    }
    return shouted;
  }

  private record Span(int start, int end) {}
}
