package org.chorale.syllable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Phones read off the spelling, for words of which nothing better is known: only the number and the
 * places of the vowels are meant.
 */
final class RoughPhones {

  private static final Map<String, Set<String>> DIGRAPHS =
      Map.of(
          "en", digraphs("ai au aw ay ea ee ei ew ey eu ie oa oe oi oo ou ow oy ue ui"),
          "de", digraphs("aa ee oo ie ei ai au eu äu ey ay"),
          "fr", digraphs("ai aî au ei eu oi oî ou où oû ui ia io ie ié iè œu ay ey oy ea"),
          "nl", digraphs("aa ee oo uu ie oe eu ou au ui ij ei ai oi"),
          "fi",
              digraphs("aa ee ii oo uu yy ää öö ai ei oi ui yi äi öi au eu ou ey äy öy ie uo yö"));

  private static final String WEAK = "iuy";

  private RoughPhones() {}

  /** Phones of a word in lower case. */
  static List<String> of(String word, SyllableRules rules) {
    List<String> phones = new ArrayList<>();
    for (int i = 0; i < word.length(); i++) {
      char letter = word.charAt(i);
      if (!Character.isLetter(letter)) {
        continue;
      }
      char base = PhoneMatch.base(letter);
      boolean before = i > 0 && rules.isVowel(word.charAt(i - 1)) && !isGlide(word, i - 1, rules);
      boolean after = i + 1 < word.length() && rules.isVowel(word.charAt(i + 1));
      boolean first = phones.stream().noneMatch(PhoneMatch::isVowel);
      if (!rules.isVowel(letter)) {
        phones.add(
            base == 'r' ? "ɾ" : base == 'g' ? "ɡ" : "cqx".indexOf(base) >= 0 ? "k" : "" + base);
      } else if (base == 'y' && after && !before) {
        phones.add("j");
      } else if (isGlide(word, i, rules)) {
        phones.add("w");
      } else if (isMute(word, i, first, rules) || (before && joins(word, i, rules))) {
        continue;
      } else {
        phones.add(
            switch (base) {
              case 'a', 'e', 'i', 'o', 'u' -> "" + base;
              case 'y' -> "i";
              default -> "ə";
            });
      }
    }
    return phones;
  }

  /** The u of <i>qu</i> and <i>gua</i>. */
  private static boolean isGlide(String word, int i, SyllableRules rules) {
    return word.charAt(i) == 'u'
        && i > 0
        && i + 1 < word.length()
        && "qg".indexOf(word.charAt(i - 1)) >= 0
        && rules.isVowel(word.charAt(i + 1));
  }

  private static boolean isMute(String word, int i, boolean first, SyllableRules rules) {
    String end = word.substring(i + 1);
    boolean last = end.isEmpty() || end.equals("s") || (rules.isEnglish() && end.equals("d"));
    boolean syllabic =
        rules.isEnglish()
            && i > 1
            && word.charAt(i - 1) == 'l'
            && !rules.isVowel(word.charAt(i - 2));
    return rules.hasSilentE() && word.charAt(i) == 'e' && last && !first && !syllabic;
  }

  private static boolean joins(String word, int i, SyllableRules rules) {
    String pair = word.substring(i - 1, i + 1);
    if (rules.isEnglish() && i > 1 && "cst".indexOf(word.charAt(i - 2)) >= 0) {
      if (pair.equals("io") || pair.equals("ia")) {
        return true;
      }
    }
    Set<String> own = DIGRAPHS.get(rules.language());
    if (own != null) {
      return own.contains(pair);
    }
    // Romance and all others: a weak vowel without an accent goes with its neighbour.
    char a = word.charAt(i - 1);
    char b = word.charAt(i);
    if (pair.equals("ão") || pair.equals("ãe") || pair.equals("õe")) {
      return true;
    }
    boolean onlyVowels =
        i + 1 == word.length()
            && word.substring(0, i - 1).chars().noneMatch(c -> rules.isVowel((char) c));
    if (WEAK.indexOf(a) >= 0 && onlyVowels && "oaei".indexOf(b) >= 0) {
      return false; // mi-o, ri-o
    }
    return WEAK.indexOf(b) >= 0
        || WEAK.indexOf(a) >= 0 && (i < 2 || !rules.isVowel(word.charAt(i - 2)))
        || a == b;
  }

  private static Set<String> digraphs(String pairs) {
    return Set.of(pairs.split(" "));
  }
}
