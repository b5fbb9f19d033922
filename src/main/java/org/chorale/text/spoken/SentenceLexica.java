package org.chorale.text.spoken;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How sentences end in every language that was asked for: each lexicon is read once. Thread-safe.
 */
public final class SentenceLexica {

  private final Map<String, SentenceEnds> read = new ConcurrentHashMap<>();

  /**
   * What is known of a language.
   *
   * @param language BCP 47 tag; only its primary part counts
   */
  public SentenceEnds of(String language) {
    String primary = language.toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
    boolean known =
        SpokenLanguage.FULL.contains(primary) || SpokenLanguage.TABLED.contains(primary);
    return read.computeIfAbsent(known ? primary : "", tag -> new SentenceEnds(Lexicon.load(tag)));
  }
}
