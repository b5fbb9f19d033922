package org.chorale.text;

import com.optimaize.langdetect.DetectedLanguage;
import com.optimaize.langdetect.LanguageDetectorBuilder;
import com.optimaize.langdetect.i18n.LdLocale;
import com.optimaize.langdetect.ngram.NgramExtractors;
import com.optimaize.langdetect.profiles.LanguageProfileReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.chorale.text.spoken.FunctionWords;
import org.chorale.text.spoken.SpokenLanguage;

/**
 * Tells the language of a text: by its script where that decides, by its function words where they
 * are plain, otherwise by letter statistics. The same text always gets the same answer.
 *
 * <p>Safe to share between threads. Letter statistics are read from disk at the first text that
 * needs them.
 */
public final class LanguageDetector {

  /** The answer where nothing tells. */
  public static final String UNDETERMINED = "und";

  // Those with rules or tables, and neighbours that would otherwise be taken for them.
  private static final List<String> PROFILES =
      List.of(
          "en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "ro", "tr", "cs", "hu", "ca", "fi",
          "da", "no", "sk");
  private static final int MOST_CHARS = 20_000;
  private static final double CLEAR_MARGIN = 1.5;
  private static final double CLEAR_SCORE = 4;
  private static final double LEAST_SHARE = 0.12;
  private static final double NEIGHBOUR_WEIGHT = 0.7;
  private static final double LEAST_PROBABILITY = 0.6;

  private final FunctionWords functionWords = new FunctionWords();
  private com.optimaize.langdetect.LanguageDetector statistics;

  /**
   * The language of a text.
   *
   * @return a primary BCP 47 tag in lower case, or {@link #UNDETERMINED}
   */
  public String detect(String text) {
    String sample = text.length() > MOST_CHARS ? text.substring(0, MOST_CHARS) : text;
    String byScript = byScript(sample);
    if (!byScript.equals("Latn")) {
      return byScript;
    }
    Map<String, Double> scores = functionWords.count(sample);
    String best = UNDETERMINED;
    double top = 0;
    double second = 0;
    for (Map.Entry<String, Double> score : scores.entrySet()) {
      if (score.getValue() > top) {
        second = top;
        top = score.getValue();
        best = score.getKey();
      } else {
        second = Math.max(second, score.getValue());
      }
    }
    long words = sample.split("\\s+").length;
    boolean clear =
        top >= CLEAR_SCORE && top >= CLEAR_MARGIN * second && top / words >= LEAST_SHARE;
    return clear ? best : byStatistics(sample, scores, words);
  }

  /** Letter statistics, weighed with what the function words say. */
  private String byStatistics(String text, Map<String, Double> scores, long words) {
    Map<String, Double> combined = new HashMap<>();
    for (DetectedLanguage candidate : statistics().getProbabilities(text)) {
      combined.put(candidate.getLocale().getLanguage(), probability(candidate));
    }
    // On a short line one article says more than the letters do.
    double length = Math.min(words, 12);
    scores.forEach((language, score) -> combined.merge(language, 2 * score / length, Double::sum));
    String best = UNDETERMINED;
    double top = 0;
    double second = 0;
    for (String language : PROFILES) {
      double value = combined.getOrDefault(language, 0.0);
      if (value > top) {
        second = top;
        top = value;
        best = language;
      } else {
        second = Math.max(second, value);
      }
    }
    return top >= LEAST_PROBABILITY || top > 2 * second && top > 0.3 ? best : UNDETERMINED;
  }

  /** A neighbour must be plainer than a language with rules, which are asked for far more often. */
  private static double probability(DetectedLanguage candidate) {
    boolean neighbour = !SpokenLanguage.FULL.contains(candidate.getLocale().getLanguage());
    return candidate.getProbability() * (neighbour ? NEIGHBOUR_WEIGHT : 1);
  }

  private synchronized com.optimaize.langdetect.LanguageDetector statistics() {
    if (statistics == null) {
      try {
        statistics =
            LanguageDetectorBuilder.create(NgramExtractors.standard())
                .withProfiles(
                    new LanguageProfileReader()
                        .readBuiltIn(PROFILES.stream().map(LdLocale::fromString).toList()))
                // Without a seed the library draws from the clock.
                .seed(1)
                .shortTextAlgorithm(100)
                .minimalConfidence(0.1)
                .build();
      } catch (IOException e) {
        throw new UncheckedIOException("the language profiles cannot be read", e);
      }
    }
    return statistics;
  }

  /** By letters that Russian does not have, or not there; Russian where there are none. */
  private static String cyrillic(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.matches("(?s).*[ѓќѕ].*")) {
      return "mk";
    }
    if (lower.matches("(?s).*[ђћљњџј].*")) {
      return "sr";
    }
    if (lower.indexOf('ў') >= 0) {
      return "be";
    }
    if (lower.matches("(?s).*[іїєґ].*")) {
      return "uk";
    }
    // In Russian the hard sign stands before a vowel with j only.
    return lower.matches("(?s).*ъ(?![еёюя]).*") && !lower.matches("(?s).*[ыэё].*") ? "bg" : "ru";
  }

  /** A language where the script has but one likely, "Latn" where letters are Latin. */
  private static String byScript(String text) {
    Map<UnicodeScript, Integer> counts = new EnumMap<>(UnicodeScript.class);
    int letters = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isLetter(c)) {
        letters++;
        counts.merge(UnicodeScript.of(c), 1, Integer::sum);
      }
    }
    if (letters == 0) {
      return UNDETERMINED;
    }
    int kana =
        counts.getOrDefault(UnicodeScript.HIRAGANA, 0)
            + counts.getOrDefault(UnicodeScript.KATAKANA, 0);
    UnicodeScript main = UnicodeScript.UNKNOWN;
    int most = 0;
    for (Map.Entry<UnicodeScript, Integer> count : counts.entrySet()) {
      if (count.getValue() > most) {
        most = count.getValue();
        main = count.getKey();
      }
    }
    return switch (main) {
      case LATIN -> "Latn";
      case CYRILLIC -> cyrillic(text);
      case GREEK -> "el";
      case ARABIC -> text.matches("(?s).*[پچژگ].*") ? "fa" : "ar";
      case HEBREW -> "he";
      case HAN -> kana > 0 ? "ja" : "zh";
      case HIRAGANA, KATAKANA -> "ja";
      case HANGUL -> "ko";
      case THAI -> "th";
      case DEVANAGARI -> "hi";
      case ARMENIAN -> "hy";
      case GEORGIAN -> "ka";
      case BENGALI -> "bn";
      case TAMIL -> "ta";
      case TELUGU -> "te";
      default -> UNDETERMINED;
    };
  }
}
