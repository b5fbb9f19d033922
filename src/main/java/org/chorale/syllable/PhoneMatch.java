package org.chorale.syllable;

import java.text.Normalizer;
import java.util.Map;
import java.util.Set;

/** Which phones of the inventory a letter may stand for, roughly and in any language. */
final class PhoneMatch {

  private static final Set<String> VOWELS =
      Set.of(
          "i", "ɪ", "y", "u", "ʊ", "e", "ɛ", "ø", "œ", "o", "ɔ", "a", "ɑ", "æ", "ə", "ɜ", "ɚ", "ʌ",
          "ɐ", "ɨ", "ɑ̃", "ɔ̃", "ɛ̃", "ɐ̃");

  private static final Set<String> CONSONANTS =
      Set.of(
          "p", "b", "t", "d", "k", "ɡ", "f", "v", "θ", "ð", "s", "z", "ʃ", "ʒ", "ç", "x", "ɣ", "h",
          "m", "n", "ɲ", "ŋ", "l", "ʎ", "ɹ", "ɾ", "ʁ", "j", "w", "β", "ʔ");

  private static final Map<Character, Set<String>> LETTERS =
      Map.ofEntries(
          entry('a', "a ɑ æ ə ɐ e ɛ ɔ ʌ o ɑ̃ ɐ̃ ɛ̃"),
          entry('e', "e ɛ ə ɪ i ɚ ɜ ɨ œ ø ɐ y ɛ̃ ɑ̃ ɐ̃"),
          entry('i', "i ɪ a ɨ ɛ̃ ɐ̃ ɚ y"),
          entry('o', "o ɔ u ʊ ɑ ʌ ə ɚ ɔ̃ ɐ̃ œ"),
          entry('u', "u ʊ ʌ y ə œ ɚ ɔ ɜ ɛ̃ ɐ̃"),
          entry('y', "i ɪ a y ə ɨ ɛ̃"),
          entry('æ', "æ ɛ e a"),
          entry('ø', "ø œ"),
          entry('œ', "ø œ e"),
          entry('b', "b p v β"),
          entry('c', "k s ʃ θ t ɡ x ç"),
          entry('d', "d t ð ɾ"),
          entry('f', "f v"),
          entry('g', "ɡ ʒ d x ɣ ŋ j k ç ɲ"),
          entry('h', "h ʃ θ ð x ç"),
          entry('j', "d ʒ j x h"),
          entry('k', "k"),
          entry('l', "l ʎ j ʊ w"),
          entry('m', "m"),
          entry('n', "n ŋ m ɲ"),
          entry('p', "p f b"),
          entry('q', "k"),
          entry('r', "ɹ ɾ ʁ h x"),
          entry('s', "s z ʃ ʒ"),
          entry('t', "t ɾ d ʃ θ ð s"),
          entry('v', "v f b β"),
          entry('w', "w v"),
          entry('x', "k ɡ s z ʃ"),
          entry('z', "z s t θ d ʒ"),
          entry('ß', "s"));

  private PhoneMatch() {}

  /** Whether a phone is a vowel. */
  static boolean isVowel(String phone) {
    return VOWELS.contains(phone);
  }

  /** Whether a symbol is in the inventory. */
  static boolean isPhone(String symbol) {
    return VOWELS.contains(symbol) || CONSONANTS.contains(symbol);
  }

  /** Whether a letter may be read as a phone; a letter that is not known may be read as any. */
  static boolean fits(char letter, String phone) {
    Set<String> phones = LETTERS.get(base(letter));
    return phones == null || phones.contains(phone);
  }

  /** The letter without its accents. */
  static char base(char letter) {
    return letter < 128
        ? letter
        : Normalizer.normalize(String.valueOf(letter), Normalizer.Form.NFD).charAt(0);
  }

  private static Map.Entry<Character, Set<String>> entry(char letter, String phones) {
    return Map.entry(letter, Set.of(phones.split(" ")));
  }
}
