package org.chorale.text.spoken;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Turns the written words of a language into spoken ones. Immutable; safe to share between threads.
 */
public final class SpokenLanguage {

  /** Languages with rules of their own. */
  public static final List<String> FULL = List.of("en", "de", "fr", "es", "it", "pt", "nl");

  /** Languages with the words and signs that their texts use; numbers are ICU's. */
  public static final List<String> TABLED =
      List.of("ru", "pl", "sv", "tr", "cs", "hu", "ro", "ca", "el", "fi");

  private final boolean dottedI;
  private final SpokenForms forms;
  private final List<TokenRule> rules;

  private SpokenLanguage(SpokenForms forms, boolean dottedI) {
    this.forms = forms;
    this.dottedI = dottedI;
    WordRule words = new WordRule(forms);
    rules =
        List.of(
            new SymbolRule(forms.lexicon()),
            new AbbreviationRule(forms.lexicon()),
            new ClockRule(forms),
            new DateRule(forms),
            new RomanRule(forms, words),
            new OrdinalRule(forms),
            new NumberRule(forms),
            words);
  }

  /**
   * The rules of a language. Reads a resource: keep the answer.
   *
   * @param language BCP 47 tag; only its primary part counts. Languages not in {@link #FULL} get
   *     ICU's number spelling where there is one; those not in {@link #TABLED} either get no names
   *     of letters and signs
   */
  public static SpokenLanguage of(String language) {
    String primary = language.toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
    return new SpokenLanguage(forms(primary), primary.equals("tr") || primary.equals("az"));
  }

  private static SpokenForms forms(String language) {
    return switch (language) {
      case "en" -> new EnglishForms();
      case "de" -> new GermanForms();
      case "fr" -> new FrenchForms();
      case "es" -> new SpanishForms();
      case "it" -> new ItalianForms();
      case "pt" -> new PortugueseForms();
      case "nl" -> new DutchForms();
      default -> new GenericForms(language);
    };
  }

  /**
   * Reads the words of one line.
   *
   * @param words the written words; a word that is not to be spoken is an empty string
   * @param upperCase whether capitals mean nothing because everything around is in capitals
   * @return readings, one entry a word
   */
  public List<Readings> read(List<String> words, boolean upperCase) {
    TokenLine line =
        new TokenLine(
            words.stream().map(w -> Token.of(dottedI ? withTurkishCase(w) : w)).toList(),
            upperCase);
    List<Readings> all = new ArrayList<>(words.size());
    while (all.size() < words.size()) {
      int i = all.size();
      if (line.at(i).raw().isEmpty()) {
        all.add(Readings.none());
        continue;
      }
      for (TokenRule rule : rules) {
        List<Readings> readings = rule.apply(line, i);
        if (!readings.isEmpty()) {
          all.addAll(readings);
          break;
        }
      }
      if (all.size() == i) {
        all.add(Readings.of(line.at(i).core()));
      }
    }
    return all;
  }

  /**
   * A Turkish word spelled so that lower case, as all rules take it, gives the letters that are
   * meant: I is the capital of ı there, and İ that of i.
   */
  private static String withTurkishCase(String word) {
    if (word.indexOf('I') < 0 || Roman.isNumeral(Token.of(word).core())) {
      return word.replace('İ', 'I');
    }
    boolean capitals = word.codePoints().noneMatch(Character::isLowerCase) && word.length() > 1;
    return capitals
        ? word.toLowerCase(Locale.forLanguageTag("tr"))
        : word.replace('I', 'ı').replace('İ', 'I');
  }

  /** What this language calls things that are not spoken. */
  public StageWords stageWords() {
    return new StageWords(forms.lexicon());
  }
}
