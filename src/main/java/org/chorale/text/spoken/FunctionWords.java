package org.chorale.text.spoken;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Counts the small frequent words of the languages with rules or tables of their own, which tell a
 * language from one line. Immutable; safe to share between threads.
 */
public final class FunctionWords {

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}']+");
  private static final int MOST_WORDS = 3000;

  private final Map<String, List<String>> languagesOf = new HashMap<>();

  /** Reads the word lists of all languages in {@link SpokenLanguage}. */
  public FunctionWords() {
    Stream.concat(SpokenLanguage.FULL.stream(), SpokenLanguage.TABLED.stream())
        .forEach(
            language ->
                Lexicon.load(language)
                    .set("common")
                    .forEach(
                        word ->
                            languagesOf
                                .computeIfAbsent(word, w -> new ArrayList<>())
                                .add(language)));
  }

  /**
   * How many words of a text belong to each language; a word of several languages counts in parts.
   *
   * @return a score for every language, in the order of {@link SpokenLanguage#FULL} and {@link
   *     SpokenLanguage#TABLED}
   */
  public Map<String, Double> count(String text) {
    Map<String, Double> scores = new LinkedHashMap<>();
    SpokenLanguage.FULL.forEach(language -> scores.put(language, 0.0));
    SpokenLanguage.TABLED.forEach(language -> scores.put(language, 0.0));
    Matcher word = WORD.matcher(Token.plain(text).toLowerCase(Locale.ROOT));
    for (int i = 0; i < MOST_WORDS && word.find(); i++) {
      List<String> languages = languagesOf.getOrDefault(word.group(), List.of());
      if (languages.isEmpty() && word.group().indexOf('\'') > 0) {
        // "l'amour": the elided part tells as much.
        String tail = word.group().substring(word.group().indexOf('\'') + 1);
        languages = languagesOf.getOrDefault(tail, List.of());
      }
      // Sharing a word with others makes it a weaker sign than its share alone says. Languages
      // that are asked for more often share with their like only.
      long full = languages.stream().filter(SpokenLanguage.FULL::contains).count();
      for (String language : languages) {
        boolean often = SpokenLanguage.FULL.contains(language);
        scores.merge(language, 1.0 / (often ? full : languages.size()), Double::sum);
      }
    }
    return scores;
  }
}
