package org.chorale.syllable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Splits a word into syllables: as many as its pronunciation has vowels, each with the letters that
 * spell it. Immutable and thread-safe.
 */
final class WordSplitter {

  /**
   * Where a syllable begins.
   *
   * @param letter index of its first letter
   * @param phone index of its first phone: the last consonant before its vowel at the latest, also
   *     where the spelling keeps it with the syllable before (<i>nev-er</i>: singers sing ne-ver)
   */
  record Start(int letter, int phone) {}

  private final SyllableRules rules;

  WordSplitter(String language) {
    this.rules = new SyllableRules(language);
  }

  /**
   * Splits a word.
   *
   * @param word as spelled
   * @param phones its phones in the inventory; not empty
   * @return where its syllables begin, the first at 0; a word without vowels and one with digits
   *     are one syllable
   */
  List<Start> split(String word, List<String> phones) {
    List<Start> starts = new ArrayList<>();
    starts.add(new Start(0, 0));
    // Letters must stay where they are, so only what keeps its length is made lower case.
    String lower = word.toLowerCase(Locale.ROOT);
    if (lower.length() != word.length() || word.chars().anyMatch(Character::isDigit)) {
      return starts;
    }
    lower = lower.replace('’', '\'');
    LetterAlignment letters = new LetterAlignment(lower, phones, rules);
    for (int n = 1; n < letters.nuclei().size(); n++) {
      int from = vowelEnd(letters, letters.nuclei().get(n - 1));
      int to = letters.nuclei().get(n);
      int start = boundary(lower, letters, n, from, Math.max(from, to));
      if (start > starts.get(starts.size() - 1).letter()) {
        starts.add(new Start(start, phoneStart(letters, phones, n, start)));
      }
    }
    return starts;
  }

  /** One past the letters of a vowel. */
  private static int vowelEnd(LetterAlignment letters, int nucleus) {
    int end = nucleus;
    if (letters.role(end) == LetterAlignment.Role.NUCLEUS) {
      end++;
    }
    while (letters.role(end) == LetterAlignment.Role.VOWEL) {
      end++;
    }
    return end;
  }

  private int boundary(String word, LetterAlignment letters, int n, int from, int to) {
    String between = word.substring(from, to);
    int hyphen = between.lastIndexOf('-');
    if (hyphen >= 0) {
      return from + hyphen + 1;
    }
    int prefix = rules.prefixEnd(word);
    boolean stressed = rules.isEnglish() && "ɛæʌɑ".contains(letters.vowel(0));
    if (n == 1 && prefix >= from && prefix <= to && !stressed) {
      return prefix;
    }
    boolean unstressed =
        n == 1 && letters.vowel(0).equals("ə") && (word.startsWith("ge") || word.startsWith("be"));
    if (unstressed && rules.isGermanic()) {
      return from; // Ge-spräch, but ges-tern
    }
    for (int i = to - 1; i >= from; i--) {
      boolean silentE = word.charAt(i) == 'e' && letters.role(i) == LetterAlignment.Role.SILENT;
      if (silentE) {
        // ev-ery, but some-times
        boolean everR = i + 2 == to && word.charAt(i + 1) == 'r' && rules.isEnglish();
        return everR ? i : i + 1;
      }
    }
    List<Integer> starts = new ArrayList<>();
    List<String> consonants = new ArrayList<>();
    for (int i = from; i < to; ) {
      int end = Math.min(to, i + rules.unit(word, i));
      // A glide goes with the vowel after it, a mark of elision with the consonant before it.
      if (i > from
          && (rules.isVowel(word.charAt(i)) || word.charAt(i) == '\'' || elided(word, i))) {
        int last = consonants.size() - 1;
        consonants.set(last, consonants.get(last) + word.substring(i, end));
      } else {
        starts.add(i);
        consonants.add(word.substring(i, end));
      }
      i = end;
    }
    int first = 0;
    if (rules.isEnglish()) {
      // high-er, but re-heat
      while (first < starts.size()
          && letters.role(starts.get(first)) == LetterAlignment.Role.SILENT
          && !isDoubled(consonants, first)
          && Character.isLetter(word.charAt(starts.get(first)))
          && word.charAt(starts.get(first)) != 'h') {
        first++;
      }
    }
    int count = starts.size() - first;
    if (count <= 0) {
      return to;
    }
    List<String> heard = consonants.subList(first, starts.size());
    boolean closed = closesVowel(word, letters, n, heard);
    if (count == 1) {
      return closed ? to : starts.get(first);
    }
    int onset = rules.onset(heard);
    if (isDoubled(heard, count - 2) || (closed && onset == count)) {
      onset = 1;
    }
    return starts.get(starts.size() - onset);
  }

  private static boolean isDoubled(List<String> consonants, int first) {
    return first + 1 < consonants.size() && consonants.get(first).equals(consonants.get(first + 1));
  }

  private static boolean elided(String word, int i) {
    return i > 0 && word.charAt(i - 1) == '\'' && word.charAt(i) == 'h';
  }

  /** In English a short vowel keeps its consonant: nev-er, but o-ver. */
  private boolean closesVowel(
      String word, LetterAlignment letters, int n, List<String> consonants) {
    if (!rules.isEnglish()) {
      return false;
    }
    String consonant = consonants.get(0);
    if (consonant.equals("x") || consonant.equals("ck")) {
      return true;
    }
    int next = letters.nuclei().get(n);
    boolean soft =
        "cst".contains(consonant) && next + 1 < word.length() && word.charAt(next) == 'i';
    if (consonant.endsWith("i") || (soft && rules.isVowel(word.charAt(next + 1)))) {
      return false; // spe-cial
    }
    String vowel = letters.vowel(n - 1);
    return switch (vowel) {
      case "ɛ", "æ", "ʌ" -> !consonant.equals("qu");
      case "ɪ", "ʊ" -> n == 1;
      case "ɑ" -> word.charAt(letters.nuclei().get(n - 1)) == 'o';
      default -> consonants.size() == 1 && letters.isVelarNasal(letters.nuclei().get(n) - 1);
    };
  }

  private int phoneStart(LetterAlignment letters, List<String> phones, int n, int start) {
    int vowel = letters.nucleusPhones().get(n);
    int phone = Math.min(letters.phoneAt(start), vowel);
    String before = phones.get(vowel - 1);
    boolean onset = phone == vowel && !PhoneMatch.isVowel(before) && !before.equals("ŋ");
    return onset && vowel - 1 > letters.nucleusPhones().get(n - 1) ? vowel - 1 : phone;
  }
}
