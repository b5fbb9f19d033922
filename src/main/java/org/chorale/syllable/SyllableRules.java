package org.chorale.syllable;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the spelling of a language says of its syllables. Immutable. */
final class SyllableRules {

  private static final Set<String> GERMANIC = Set.of("de", "nl", "sv", "da", "nb", "no");
  private static final Set<String> ROMANCE = Set.of("fr", "es", "it", "pt", "ca", "ro");
  private static final Set<String> DIAERESIS = Set.of("en", "fr", "nl", "ca");
  private static final String VOWELS = "aeiouyæøœåıаеиоуыэюяіїєαεηιουω";

  private static final Map<String, Set<String>> DIPHTHONGS =
      Map.of(
          "en", Set.of("aɪ", "aʊ", "eɪ", "oʊ", "əʊ", "ɔɪ"),
          "de", Set.of("aɪ", "aʊ", "ɔø", "ɔœ", "ɔɪ", "ɔy"),
          "nl", Set.of("ɛɪ", "ʌʊ", "ɑʊ", "ɔʊ", "œy", "eʊ", "iʊ", "aɪ", "oɪ", "uɪ"));

  /** Letters that are one consonant and are not parted, longest first. */
  private static final Map<String, Pattern> UNITS =
      Map.of(
          "en", units("[cst]i(?=[ao])|tch|dg(?=e)|ch|sh|th|ph|gh|wh|ck|qu|x"),
          "de", units("sch|ch|ck|ph|th|qu"),
          "fr", units("ch|ph|th|gn|qu|gu(?=[eéèêi])"),
          "es", units("ch|ll|rr|qu|gu(?=[eéií])"),
          "it", units("gli(?=[aeou])|gl(?=i)|sci(?=[aou])|sc(?=[ei])|ch|gh|gn|qu"),
          "pt", units("ch|lh|nh|qu|gu(?=[eéêií])"),
          "nl", units("sch(?=[aeiou])|ch|ph|th|qu"));

  private static final Pattern OTHER_UNITS = units("sch|ch|sh|th|ph|qu|ny|sz|cz|rz|gy|cs|zs|ly|ty");

  private static final Map<String, Pattern> PREFIXES =
      Map.of(
          "de",
          Pattern.compile(
              "(ver|zer|her|hin|vor|aus|auf|dar|wor|über|unter|um|miss)(?=[aeiouäöü])"
                  + "|(ver|zer)(?=s[tp]|sch)"
                  + "|(ein|ent|un|er|ab)(?=[aouäöü]|ei|inn)"),
          "nl",
          Pattern.compile("(ver|her|ont|uit|voor|aan|over|door)(?=[aeiou])"),
          "en",
          Pattern.compile(
              "(re|de|be|pre|pro)(?=[bcdfgklmnprstvwy])|a(?=([bcdfgklmnprstvw])(?!\\2))"));

  private static final Pattern LIQUID_CLUSTER =
      Pattern.compile("([bcdfgkptv]|ph|th|ch)r|([bcfgkpv]|ph)l");
  private static final Pattern ENGLISH_ONSET =
      Pattern.compile("(s?[bcdfgkptv]|th|ph)r|s?[bcfgkp]l|s[cktpmn]|sw|tw|s?qu");
  private static final Pattern GERMAN_ONSET = Pattern.compile("(s?[ptk]|[bdfg])r");
  private static final Pattern DUTCH_ONSET =
      Pattern.compile("([bdfgkptv]|s[ptc]|sch)r|([bfgkpv]|sp)l|s[tpkmnl]|sch|kn|zw|tw|kw");

  private final String language;

  SyllableRules(String language) {
    this.language = language;
  }

  String language() {
    return language;
  }

  boolean isEnglish() {
    return language.equals("en");
  }

  boolean isGermanic() {
    return GERMANIC.contains(language);
  }

  boolean isRomance() {
    return ROMANCE.contains(language);
  }

  /** Whether an e may be mute. */
  boolean hasSilentE() {
    return isEnglish() || language.equals("fr");
  }

  /** Whether two dots say that a vowel is a syllable of its own. */
  boolean hasDiaeresis() {
    return DIAERESIS.contains(language);
  }

  boolean isVowel(char letter) {
    return letter != 'й' && letter != 'ў' && VOWELS.indexOf(PhoneMatch.base(letter)) >= 0;
  }

  /** A vowel letter that may be a consonant. */
  boolean isHalfVowel(char letter) {
    return letter == 'y';
  }

  /** Whether two vowels are one syllable. */
  boolean isDiphthong(String first, String second) {
    Set<String> own = DIPHTHONGS.get(language);
    if (own != null) {
      return own.contains(first + second);
    }
    boolean nasal = first.indexOf('\u0303') > 0 && (second.equals("y") || second.equals("i"));
    return PhoneMatch.isVowel(first)
        && (second.equals("ɪ") || second.equals("ʊ") || language.equals("pt") && nasal);
  }

  /** Whether a vowel letter may be the end of a diphthong: not the í of <i>pa-ís</i>. */
  boolean mayClose(String word, int i) {
    char letter = word.charAt(i);
    if ("iuy".indexOf(letter) >= 0) {
      return true;
    }
    char before = i == 0 ? ' ' : word.charAt(i - 1);
    return language.equals("pt")
        && (letter == 'o' && "aã".indexOf(before) >= 0
            || letter == 'e' && "ãõ".indexOf(before) >= 0);
  }

  /** Whether a consonant letter only lengthens the vowel before it. */
  boolean lengthens(String word, int i) {
    char letter = word.charAt(i);
    char before = i == 0 ? ' ' : word.charAt(i - 1);
    char after = i + 1 < word.length() ? word.charAt(i + 1) : ' ';
    return switch (language) {
      case "en" ->
          letter == 'w'
              || letter == 'y'
              || letter == 'g' && after == 'h'
              || letter == 'h' && before == 'g';
      case "de" -> letter == 'h' && isVowel(before) && !isVowel(after);
      case "nl" -> letter == 'j' && before == 'i' || letter == 'w' && before == 'u';
      default -> false;
    };
  }

  /** Length of the consonant that begins at a letter: 2 for <i>ch</i>. */
  int unit(String word, int i) {
    Matcher matcher =
        UNITS.getOrDefault(language, OTHER_UNITS).matcher(word).region(i, word.length());
    matcher.useTransparentBounds(true);
    return matcher.lookingAt() ? Math.max(1, matcher.end() - i) : 1;
  }

  /** Where a prefix ends that keeps its consonant, or at -1. */
  int prefixEnd(String word) {
    Pattern pattern = PREFIXES.get(language);
    if (pattern == null) {
      return -1;
    }
    Matcher matcher = pattern.matcher(word);
    return matcher.lookingAt() ? matcher.end() : -1;
  }

  /** How many of the consonants between two vowels, at least two of them, begin the second one. */
  int onset(List<String> consonants) {
    int n = consonants.size();
    String last = consonants.get(n - 1);
    String two = consonants.get(n - 2) + last;
    return switch (language) {
      case "de" -> n == 2 ? 1 : longest(consonants, GERMAN_ONSET);
      case "fi", "hu", "tr", "sv" -> 1;
      case "nl" ->
          n == 2 && !LIQUID_CLUSTER.matcher(two).matches() ? 1 : longest(consonants, DUTCH_ONSET);
      case "en" -> n == 2 && two.startsWith("s") ? 1 : longest(consonants, ENGLISH_ONSET);
      case "it" -> {
        int onset = LIQUID_CLUSTER.matcher(two).matches() ? 2 : 1;
        boolean s = n > onset && consonants.get(n - onset - 1).equals("s") && !last.equals("s");
        yield s ? onset + 1 : onset;
      }
      default -> LIQUID_CLUSTER.matcher(two).matches() ? 2 : 1;
    };
  }

  private static int longest(List<String> consonants, Pattern onsets) {
    int n = consonants.size();
    for (int length = Math.min(3, n); length > 1; length--) {
      if (onsets.matcher(String.join("", consonants.subList(n - length, n))).matches()) {
        return length;
      }
    }
    return 1;
  }

  private static Pattern units(String alternatives) {
    return Pattern.compile(alternatives);
  }
}
