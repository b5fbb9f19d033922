package org.chorale.syllable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The letters of a word beside its phones: the cheapest way to read the one as the other. It says
 * which letters are the heart of a syllable, which only lengthen it (<i>ea</i>), and which are
 * silent. Costs are in units of one thing that does not fit.
 */
final class LetterAlignment {

  /** What a letter is read as. */
  enum Role {
    /** The vowel of a syllable. */
    NUCLEUS,
    /** More of the vowel before it: <i>ea</i>, the <i>gh</i> of <i>high</i>. */
    VOWEL,
    /** A consonant that is heard, or the glide of <i>pia-no</i>. */
    CONSONANT,
    /** Nothing. */
    SILENT
  }

  private static final double OFFGLIDE = 0.1;
  private static final double GLIDE = 0.2;
  private static final double LONGER = 0.3;
  private static final double MISFIT = 0.4;
  private static final double SILENT_CONSONANT = 0.4;
  private static final double NO_LETTER = 0.6;
  private static final double UNLIKELY_HIATUS = 0.6;
  private static final double SILENT_VOWEL = 0.9;
  private static final double VOWEL_WITHOUT_LETTER = 1.6;

  private final String word;
  private final List<String> phones;
  private final SyllableRules rules;

  // One state is: letters read, phones read, and whether the last of them was of a nucleus.
  private final double[] cost;
  private final int[] from;
  private final Role[] role;
  private final boolean[] nucleus;

  private final Role[] roles;
  private final int[] phoneAt;
  private final List<Integer> nuclei = new ArrayList<>();
  private final List<Integer> nucleusPhones = new ArrayList<>();

  /**
   * Reads a word.
   *
   * @param word lower case
   */
  LetterAlignment(String word, List<String> phones, SyllableRules rules) {
    this.word = word;
    this.phones = phones;
    this.rules = rules;
    int states = 2 * (word.length() + 1) * (phones.size() + 1);
    this.cost = new double[states];
    this.from = new int[states];
    this.role = new Role[states];
    this.nucleus = new boolean[states];
    this.roles = new Role[word.length()];
    this.phoneAt = new int[word.length() + 1];
    search();
    readBack();
  }

  /** What a letter is read as; null behind the last one. */
  Role role(int letter) {
    return letter < roles.length ? roles[letter] : null;
  }

  /** The vowel of a syllable, a diphthong as its two phones. */
  String vowel(int n) {
    int phone = nucleusPhones.get(n);
    boolean two =
        phone + 1 < phones.size() && rules.isDiphthong(phones.get(phone), phones.get(phone + 1));
    return two ? phones.get(phone) + phones.get(phone + 1) : phones.get(phone);
  }

  /** Whether a letter is the last one of an ng that is one phone. */
  boolean isVelarNasal(int letter) {
    int phone = phoneAt[letter + 1] - 1;
    return phone >= 0 && phones.get(phone).equals("ŋ");
  }

  /** Index of the first phone that is not read before a letter. */
  int phoneAt(int letter) {
    return phoneAt[letter];
  }

  /** For every syllable the letter of its vowel, or the letter before which it has none. */
  List<Integer> nuclei() {
    return nuclei;
  }

  /** For every syllable the index of its vowel's first phone. */
  List<Integer> nucleusPhones() {
    return nucleusPhones;
  }

  private int state(int letters, int heard, boolean open) {
    return 2 * (letters * (phones.size() + 1) + heard) + (open ? 1 : 0);
  }

  private void search() {
    Arrays.fill(cost, Double.POSITIVE_INFINITY);
    cost[0] = 0;
    for (int i = 0; i <= word.length(); i++) {
      for (int j = 0; j <= phones.size(); j++) {
        // An open vowel closes at no cost; nothing leads from the closed state to the open one
        // without a phone or a letter, so the order of the two does not matter to the others.
        relaxFrom(i, j, true);
        relaxFrom(i, j, false);
      }
    }
  }

  private void relaxFrom(int i, int j, boolean open) {
    if (cost[state(i, j, open)] == Double.POSITIVE_INFINITY) {
      return;
    }
    if (i < word.length()) {
      letter(i, j, open);
    }
    if (j < phones.size()) {
      phoneWithoutLetter(i, j, open);
    }
  }

  private void letter(int i, int j, boolean open) {
    char letter = word.charAt(i);
    boolean vowel = rules.isVowel(letter);
    String phone = j < phones.size() ? phones.get(j) : null;
    if (!Character.isLetter(letter)) {
      step(i, j, open, i + 1, j, false, Role.SILENT, 0);
      return;
    }
    if (vowel) {
      if (phone != null && PhoneMatch.isVowel(phone)) {
        boolean unlikely = open && i > 0 && unlikelyHiatus(i, j) || isGlide(i, j);
        double hiatus = unlikely ? UNLIKELY_HIATUS : 0;
        double fit = PhoneMatch.fits(letter, phone) ? 0 : MISFIT;
        nucleusStep(i, j, open, i + 1, fit + hiatus);
        if (open && isOffglide(i, j) && rules.mayClose(word, i)) {
          step(i, j, true, i + 1, j + 1, true, Role.VOWEL, fit / 2);
        }
      }
      if (phone != null && isGlide(i, j)) {
        step(i, j, open, i + 1, j + 1, false, Role.CONSONANT, GLIDE);
      }
      boolean ownSyllable = letter != PhoneMatch.base(letter) && "ëïäöü".indexOf(letter) >= 0;
      if (open && !(ownSyllable && rules.hasDiaeresis())) {
        step(i, j, true, i + 1, j, true, Role.VOWEL, LONGER);
      }
      step(i, j, open, i + 1, j, false, Role.SILENT, silence(i));
    }
    if (open && (letter == 'n' || letter == 'm') && phones.get(j - 1).indexOf('\u0303') > 0) {
      step(i, j, true, i + 1, j, true, Role.VOWEL, 0.05);
    }
    if (!vowel || rules.isHalfVowel(letter)) {
      if (phone != null && !PhoneMatch.isVowel(phone)) {
        double fit = PhoneMatch.fits(letter, phone) ? 0 : MISFIT;
        step(i, j, open, i + 1, j + 1, false, Role.CONSONANT, fit);
      }
      if (phone != null
          && open
          && letter == 'r'
          && ("ɚ".equals(phone) || "ɐ".equals(phone) || "ə".equals(phone))) {
        step(i, j, true, i + 1, j + 1, true, Role.VOWEL, 0.2);
      }
      if (phone != null
          && (letter == 'l' || letter == 'w' || letter == 'j')
          && open
          && isOffglide(i, j)) {
        step(i, j, true, i + 1, j + 1, true, Role.VOWEL, 0.05);
      }
      if (open && rules.lengthens(word, i)) {
        step(i, j, true, i + 1, j, true, Role.VOWEL, 0.1);
      }
      boolean doubled = i > 0 && word.charAt(i - 1) == letter;
      boolean afterR = letter == 'r' && j > 0 && "ɚəɐ".contains(phones.get(j - 1));
      step(
          i,
          j,
          open,
          i + 1,
          j,
          false,
          Role.SILENT,
          doubled || afterR || letter == 'h' ? 0.1 : SILENT_CONSONANT);
    }
  }

  private void phoneWithoutLetter(int i, int j, boolean open) {
    String phone = phones.get(j);
    if (!PhoneMatch.isVowel(phone)) {
      step(i, j, open, i, j + 1, open, null, NO_LETTER);
    } else if (open && isOffglide(i, j)) {
      step(i, j, true, i, j + 1, true, null, OFFGLIDE);
    } else if (open) {
      step(i, j, true, i, j + 1, true, null, NO_LETTER);
    } else {
      int to = state(i, j + 1, true);
      // The l of lit-tle and the m of rhy-thm need no letter for their vowel.
      boolean sonorant =
          phone.equals("ə") && i > 0 && i < word.length() && "lmn".indexOf(word.charAt(i)) >= 0;
      double price = sonorant && rules.isEnglish() ? MISFIT : VOWEL_WITHOUT_LETTER;
      if (step(i, j, false, i, j + 1, true, null, price)) {
        nucleus[to] = true;
      }
    }
  }

  private void nucleusStep(int i, int j, boolean open, int nextLetter, double price) {
    int to = state(nextLetter, j + 1, true);
    if (step(i, j, open, nextLetter, j + 1, true, Role.NUCLEUS, price)) {
      nucleus[to] = true;
    }
  }

  private boolean step(
      int i, int j, boolean open, int nextI, int nextJ, boolean nextOpen, Role as, double price) {
    int at = state(i, j, open);
    int to = state(nextI, nextJ, nextOpen);
    if (cost[at] + price < cost[to]) {
      cost[to] = cost[at] + price;
      from[to] = at;
      role[to] = as;
      nucleus[to] = false;
      return true;
    }
    return false;
  }

  /** The end of a diphthong: the phone and the one before it are one in the language. */
  private boolean isOffglide(int i, int j) {
    return j > 0 && i > 0 && rules.isDiphthong(phones.get(j - 1), phones.get(j));
  }

  /** A vowel letter that is read as a glide: <i>bue-no</i>, <i>pia-no</i>, <i>nuit</i>. */
  private boolean isGlide(int i, int j) {
    String phone = phones.get(j);
    String next = j + 1 < phones.size() ? phones.get(j + 1) : "";
    boolean beforeVowel =
        i + 1 < word.length() && rules.isVowel(word.charAt(i + 1)) && PhoneMatch.isVowel(next);
    return phone.equals("j")
        || phone.equals("w")
        || isGlideBetweenVowels(i, j)
        || (beforeVowel && rules.isRomance() && (phone.equals("ʊ") || phone.equals("ɪ")))
        || (rules.language().equals("fr")
            && phone.equals("y")
            && word.startsWith("ui", i)
            && next.equals("i"));
  }

  /** The second i of <i>gio-ia</i>. */
  private boolean isGlideBetweenVowels(int i, int j) {
    return rules.language().equals("it")
        && word.charAt(i) == 'i'
        && (phones.get(j).equals("i") || phones.get(j).equals("ɪ"))
        && i > 0
        && i + 1 < word.length()
        && rules.isVowel(word.charAt(i - 1))
        && rules.isVowel(word.charAt(i + 1));
  }

  private boolean unlikelyHiatus(int i, int j) {
    char letter = word.charAt(i);
    char before = word.charAt(i - 1);
    String phone = phones.get(j);
    String last = phones.get(j - 1);
    boolean reduced = phone.equals("ə") || phone.equals("ɚ") || phone.equals("ɐ");
    return letter == before
        || (isOffglide(i, j) && rules.mayClose(word, i))
        || (before == 'u' && letter == 'i' && last.equals("y") && rules.language().equals("fr"))
        || (before == 'i' && letter == 'e' && last.equals("i") && rules.isGermanic())
        || (reduced
            && i + 1 < word.length()
            && word.charAt(i + 1) == 'r'
            && rules.isEnglish()
            && !phone.equals("ɚ"));
  }

  private double silence(int i) {
    char letter = word.charAt(i);
    boolean last = i == word.length() - 1 || word.substring(i + 1).matches("n?ts?|s|\\W.*");
    if (letter == 'e' && rules.hasSilentE()) {
      return last ? 0.1 : word.startsWith("eau", i) ? SILENT_VOWEL : 0.5;
    }
    return letter == 'u' && i > 0 && "gq".indexOf(word.charAt(i - 1)) >= 0 ? 0.1 : SILENT_VOWEL;
  }

  private void readBack() {
    int open = state(word.length(), phones.size(), true);
    int at = cost[open] < cost[open - 1] ? open : open - 1;
    phoneAt[word.length()] = phones.size();
    while (at != 0) {
      int before = from[at];
      int letter = before / 2 / (phones.size() + 1);
      int phone = before / 2 % (phones.size() + 1);
      if (nucleus[at]) {
        nuclei.add(0, letter);
        nucleusPhones.add(0, phone);
      }
      if (role[at] != null) {
        roles[letter] = role[at];
        phoneAt[letter] = phone;
      }
      at = before;
    }
  }
}
