package org.chorale.text.spoken;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the small frequent words of the languages with rules of their own, which tell a language
 * from one line. Immutable; safe to share between threads.
 */
public final class FunctionWords {

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}']+");
  private static final int MOST_WORDS = 3000;

  private final Map<String, List<String>> languagesOf = new HashMap<>();

  /** Reads the word lists of all languages in {@link SpokenLanguage#FULL}. */
  public FunctionWords() {
    for (String language : SpokenLanguage.FULL) {
      for (String word : Lexicon.load(language).set("common")) {
        languagesOf.merge(
            word,
            List.of(language),
            (a, b) -> java.util.stream.Stream.concat(a.stream(), b.stream()).toList());
      }
    }
  }

  /**
   * How many words of a text belong to each language; a word of several languages counts in parts.
   *
   * @return a score for every language, in the order of {@link SpokenLanguage#FULL}
   */
  public Map<String, Double> count(String text) {
    Map<String, Double> scores = new LinkedHashMap<>();
    SpokenLanguage.FULL.forEach(language -> scores.put(language, 0.0));
    Matcher word = WORD.matcher(Token.plain(text).toLowerCase(Locale.ROOT));
    for (int i = 0; i < MOST_WORDS && word.find(); i++) {
      List<String> languages = languagesOf.getOrDefault(word.group(), List.of());
      if (languages.isEmpty() && word.group().indexOf('\'') > 0) {
        // "l'amour": the elided part tells as much.
        String tail = word.group().substring(word.group().indexOf('\'') + 1);
        languages = languagesOf.getOrDefault(tail, List.of());
      }
      // Sharing a word with others makes it a weaker sign than its share alone says.
      double weight = languages.isEmpty() ? 0 : 1.0 / languages.size();
      languages.forEach(language -> scores.merge(language, weight, Double::sum));
    }
    return scores;
  }
}
