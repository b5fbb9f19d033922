package org.chorale.text.spoken;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tells the full stop that ends a sentence from that of an abbreviation, an initial or an ordinal,
 * by the lexicon that reads them. Immutable; safe to share between threads.
 */
public final class SentenceEnds {

  /** How many words before and after one are worth giving. */
  public static final int REACH = 4;

  /** "J", "J.S", "J.-P", "U.S". */
  private static final Pattern INITIALS = Pattern.compile("\\p{Lu}(?:\\.-?\\p{Lu})*");

  /** First names that are cut after more than one letter. */
  private static final Pattern SHORT_NAME = Pattern.compile("Th|Ch|Ph|Chr|Wm");

  /** "q.e.d": an abbreviation that no lexicon needs to know. */
  private static final Pattern LETTERS = Pattern.compile("\\p{L}{1,2}(?:\\.\\p{L}{1,2})+");

  private final Lexicon lexicon;
  private final DottedOrdinals ordinals;

  SentenceEnds(Lexicon lexicon) {
    this.lexicon = lexicon;
    this.ordinals = new DottedOrdinals(lexicon);
  }

  /**
   * Whether the full stop of a word ends the sentence.
   *
   * @param words written words of one line, some before and after it
   * @param i which of them; nothing after it ends it, and a small letter goes on
   */
  public boolean isEnd(List<String> words, int i) {
    TokenLine line = line(words);
    Token next = line.at(i + 1);
    return next.raw().isEmpty() || !next.isLowerCase() && !isPartOfWord(line, i);
  }

  /**
   * Whether the full stop of a word belongs to it, as that of "Mr." does, whatever letter follows.
   *
   * @param words written words, some before and after it
   * @param i which of them
   */
  public boolean isPartOfWord(List<String> words, int i) {
    return isPartOfWord(line(words), i);
  }

  private static TokenLine line(List<String> words) {
    return new TokenLine(words.stream().map(Token::of).toList(), false);
  }

  private boolean isPartOfWord(TokenLine line, int i) {
    Token token = line.at(i);
    Token next = line.at(i + 1);
    if (token.closed() || token.isEmpty() || token.raw().endsWith("..") || next.raw().isEmpty()) {
      return false;
    }
    if (ordinals.isOrdinal(line, i)) {
      return true;
    }
    return switch (abbreviation(line, i)) {
      case NEVER -> true;
      case BEFORE_COMMON_WORD -> next.isLowerCase() || !startsSentence(next);
      case BEFORE_CAPITAL -> next.isLowerCase();
      case NONE -> isShort(line, i);
    };
  }

  /** How the abbreviation that a word is the whole or a part of says that a sentence ends. */
  private Abbreviation.Ending abbreviation(TokenLine line, int i) {
    Abbreviation.Ending found = abbreviation(line, i, 1);
    Token token = line.at(i);
    boolean capitals = token.isUpperCase() && token.core().length() > 1;
    if (found == Abbreviation.Ending.NONE && capitals) {
      found = abbreviation(line.with(SentenceEnds::capitalised), i, 1);
    }
    if (found == Abbreviation.Ending.NONE) {
      // "Ca. 20", "D. h." and "MAX. 5", but not "Er heißt Max. Alle kennen ihn."
      boolean first = line.at(i - 1).isEmpty() || line.at(i - 1).dotted();
      boolean alone =
          token.core().length() > 1 && (first || capitals || line.at(i + 1).startsWithDigit());
      found = abbreviation(line.with(t -> t.toLowerCase(Locale.ROOT)), i, alone ? 1 : 2);
    }
    return found;
  }

  private static String capitalised(String text) {
    int first = text.offsetByCodePoints(0, Math.min(1, text.length()));
    return text.substring(0, first) + text.substring(first).toLowerCase(Locale.ROOT);
  }

  /** The same of abbreviations of some words or more, as written. */
  private Abbreviation.Ending abbreviation(TokenLine line, int i, int words) {
    Abbreviation.Ending found = Abbreviation.Ending.NONE;
    for (int start = Math.max(0, i - REACH); start <= i; start++) {
      for (Abbreviation abbreviation : lexicon.abbreviations(line.at(start).withDot())) {
        Abbreviation.Ending own =
            abbreviation.parts().size() < words
                ? Abbreviation.Ending.NONE
                : abbreviation.endingAt(line, start, i);
        if (own != Abbreviation.Ending.NONE && abbreviation.isDecisive()) {
          return own;
        }
        found = found.compareTo(own) > 0 ? found : own;
      }
    }
    return found;
  }

  /** Whether a word is cut short, though no lexicon knows it: initials, names, months. */
  private boolean isShort(TokenLine line, int i) {
    Token token = line.at(i);
    Token next = line.at(i + 1);
    String core = token.core();
    if (next.startsWithDigit() && core.length() <= 4 && lexicon.month(core) > 0) {
      return true;
    }
    boolean among = isInitial(line.at(i - 1)) || isInitial(next);
    if (core.equals("I") || core.equals("X")) {
      return among || line.at(i - 1).isEmpty(); // elsewhere a numeral, or the English pronoun
    }
    if (INITIALS.matcher(core).matches() || SHORT_NAME.matcher(core).matches()) {
      return next.isCapitalised() && (isInitial(next) || !startsSentence(next));
    }
    return LETTERS.matcher(core).matches() && !startsSentence(next);
  }

  private static boolean isInitial(Token token) {
    return token.dotted() && INITIALS.matcher(token.core()).matches();
  }

  private boolean startsSentence(Token token) {
    return token.raw().startsWith("¿")
        || token.raw().startsWith("¡")
        || lexicon.startsSentence(token);
  }
}
