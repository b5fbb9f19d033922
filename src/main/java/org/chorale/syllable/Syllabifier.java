package org.chorale.syllable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.WordStatus;

/**
 * Splits words into the syllables that are sung, with their times.
 *
 * <p>A word has as many syllables as its pronunciation has vowels, diphthongs counted once. Where
 * the letters are parted follows the custom of the language (<i>nev-er</i>, <i>o-ver</i>,
 * <i>Fens-ter</i>, <i>pa-sta</i>), not rules for the ends of printed lines: a syllable may be a
 * single letter. Hyphenation patterns are not used, because they leave out syllables on purpose.
 *
 * <p>A syllable begins where its first consonant does; a consonant between two vowels is sung with
 * the second one, wherever it is written. Immutable; thread-safe if the pronunciations are.
 */
public final class Syllabifier {

  private final Pronunciations pronunciations;
  private final SyllableRules rules;
  private final WordSplitter splitter;

  /**
   * Splits words of a language.
   *
   * @param language primary language tag; for those without rules of their own consonants are
   *     parted as in Romance languages
   * @param pronunciations asked for words without phones in the inventory
   */
  public Syllabifier(String language, Pronunciations pronunciations) {
    this.pronunciations = pronunciations;
    this.rules = new SyllableRules(language.toLowerCase(Locale.ROOT));
    this.splitter = new WordSplitter(rules.language());
  }

  /**
   * The syllables of a word: at least one; their texts, joined, are the word, and their times,
   * where the word has any, go from its start to its end without gaps.
   *
   * @param word may be missing: the times of its syllables are then NaN
   */
  public List<Syllable> syllables(AlignedWord word) {
    List<String> heard = word.phones().stream().map(AlignedPhone::phone).toList();
    boolean timed = isPronunciation(heard, word.text());
    List<String> phones = timed ? heard : pronunciation(word.text());
    List<WordSplitter.Start> starts = splitter.split(word.text(), phones);
    List<Syllable> out = new ArrayList<>();
    double wordSeconds = word.endSeconds() - word.startSeconds();
    double from = word.startSeconds();
    for (int s = 0; s < starts.size(); s++) {
      boolean last = s + 1 == starts.size();
      int letter = starts.get(s).letter();
      int end = last ? word.text().length() : starts.get(s + 1).letter();
      double to = word.endSeconds();
      if (!last) {
        int phone = starts.get(s + 1).phone();
        to =
            timed
                ? word.phones().get(phone).startSeconds()
                : word.startSeconds() + wordSeconds * phone / phones.size();
        to = Math.max(from, Math.min(to, word.endSeconds()));
      }
      out.add(
          new Syllable(
              word.text().substring(letter, end),
              word.charStart() + letter,
              word.charStart() + end,
              from,
              to));
      from = to;
    }
    return out;
  }

  /**
   * Splits the spelling of a word.
   *
   * @return its parts; joined they are the word
   */
  public List<String> split(String word) {
    return syllables(
            new AlignedWord(
                word,
                0,
                word.length(),
                0,
                WordStatus.MISSING,
                Double.NaN,
                Double.NaN,
                0,
                List.of()))
        .stream()
        .map(Syllable::text)
        .toList();
  }

  private List<String> pronunciation(String word) {
    String bare = word.toLowerCase(Locale.ROOT).replaceAll("^[^\\p{L}]+|[^\\p{L}]+$", "");
    List<String> phones = pronunciations.phones(bare);
    return phones.isEmpty() ? RoughPhones.of(bare, rules) : phones;
  }

  /** Foreign models have letters or parts of words in the place of phones. */
  private static boolean isPronunciation(List<String> phones, String word) {
    return phones.stream().allMatch(PhoneMatch::isPhone)
        && phones.stream().anyMatch(PhoneMatch::isVowel)
        && !String.join("", phones)
            .equals(word.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}]", ""));
  }
}
