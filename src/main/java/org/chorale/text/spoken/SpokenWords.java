package org.chorale.text.spoken;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cuts text into spoken words: lower-case letters, their marks, and apostrophes inside. */
final class SpokenWords {

  private SpokenWords() {}

  /** The spoken words of a phrase; whatever is no letter separates them. */
  static List<String> split(String phrase) {
    String lower = phrase.toLowerCase(Locale.ROOT);
    if (isAsciiWords(lower)) {
      return lower.isBlank() ? List.of() : List.of(lower.strip().split(" +"));
    }
    // Compatibility forms go (ligatures, full width); ordinal signs are letters to Unicode only.
    String plain =
        Normalizer.normalize(withoutOrdinalSigns(phrase), Normalizer.Form.NFKC)
            .toLowerCase(Locale.ROOT);
    plain = Normalizer.normalize(plain, Normalizer.Form.NFC);
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean letters = false;
    for (int i = 0; i < plain.length(); ) {
      int c = plain.codePointAt(i);
      i += Character.charCount(c);
      if (isLetter(c)) {
        word.appendCodePoint(c);
        letters = true;
      } else if (isMark(c) ? letters : isApostrophe(c)) {
        word.appendCodePoint(isMark(c) ? c : '\'');
      } else if (Character.getType(c) != Character.FORMAT && !isMark(c)) {
        flush(word, letters, words);
        letters = false;
      }
    }
    flush(word, letters, words);
    return words;
  }

  private static void flush(StringBuilder word, boolean letters, List<String> words) {
    if (letters) {
      int start = 0;
      while (word.charAt(start) == '\'') {
        start++;
      }
      int end = word.length();
      while (word.charAt(end - 1) == '\'') {
        end--;
      }
      // An elided article keeps its apostrophe ("l'", "qu'"): "l" alone would be a letter.
      boolean elided = end < word.length() && end - start <= 2;
      words.add(word.substring(start, elided ? end + 1 : end));
    }
    word.setLength(0);
  }

  private static boolean isAsciiWords(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != ' ' && (c < 'a' || c > 'z')) {
        return false;
      }
    }
    return true;
  }

  private static String withoutOrdinalSigns(String text) {
    return text.indexOf('ª') < 0 && text.indexOf('º') < 0
        ? text
        : text.replace('ª', ' ').replace('º', ' ');
  }

  static boolean isLetter(int c) {
    return Character.isLetter(c) && c != 'ª' && c != 'º' && c != 0x2BC;
  }

  static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  private static boolean isApostrophe(int c) {
    return c == '\'' || c == '’' || c == 0x2BC;
  }
}
