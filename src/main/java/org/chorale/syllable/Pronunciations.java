package org.chorale.syllable;

import java.util.List;

/** Says how words are pronounced, for those whose phones an alignment does not tell. */
@FunctionalInterface
public interface Pronunciations {

  /** No word's pronunciation is known; syllables are read off the spelling. */
  Pronunciations NONE = word -> List.of();

  /**
   * The phones of a word in the inventory of {@code docs/models.md}.
   *
   * @param word lower case, without punctuation around it
   * @return its phones, empty when they are not known
   */
  List<String> phones(String word);
}
