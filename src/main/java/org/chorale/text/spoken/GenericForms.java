package org.chorale.text.spoken;

import com.ibm.icu.text.DecimalFormatSymbols;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A language without rules of its own: numbers as ICU spells them where it knows the language, in
 * the genders and the commonest cases that it has; the rest from the lexicon, if there is one.
 */
final class GenericForms extends IcuForms {

  private static final Pattern NO_ORDINALS = Pattern.compile("(?!)()");
  private static final Pattern WITH_ENDING = Pattern.compile("(\\d{1,4})([-:']?)(\\p{L}{1,4})");
  private static final Pattern DIGITS = Pattern.compile("\\d{1,4}");
  private static final String CARDINAL = "%spellout-cardinal";
  private static final String ORDINAL = "%spellout-ordinal";
  private static final String NUMBERING = "%spellout-numbering";
  private static final String YEAR = "%spellout-numbering-year";

  /** Endings of the names of ICU's rule sets, the commonest first. */
  private static final List<String> FORMS =
      List.of(
          "",
          "-masculine",
          "-feminine",
          "-neuter",
          "-reale",
          "-common",
          "-masculine-genitive",
          "-genitive",
          "-masculine-locative",
          "-masculine-prepositional",
          "-feminine-genitive",
          "-partitive",
          "-inessive",
          "-masculine-instrumental",
          "-masculine-dative",
          "-feminine-accusative");

  // Languages that write "5." for the fifth.
  private static final Set<String> DOTTED =
      Set.of(
          "pl", "cs", "sk", "hu", "fi", "tr", "da", "nb", "no", "nn", "et", "sl", "hr", "bs", "sr",
          "lv");

  // Languages that name the day of a month by its ordinal, beside the dotted ones.
  private static final Set<String> ORDINAL_DAYS = Set.of("ru", "uk", "be", "bg", "sv");

  private final String language;

  GenericForms(String language) {
    super(language);
    this.language = language;
  }

  private List<String> named(String kind) {
    List<String> known = speller().ruleSets();
    return FORMS.stream().map(f -> kind + f).filter(known::contains).toList();
  }

  @Override
  List<String> cardinalRules() {
    Set<String> rules = new LinkedHashSet<>();
    if (speller().ruleSets().contains(NUMBERING)) {
      rules.add(NUMBERING);
    }
    rules.addAll(named(CARDINAL));
    return List.copyOf(rules);
  }

  @Override
  List<String> ordinalRules() {
    return named(ORDINAL);
  }

  @Override
  String countingRule(char gender) {
    List<String> wanted =
        switch (gender) {
          case 'f' -> List.of("-feminine");
          case 'n' -> List.of("-neuter");
          case 'c' -> List.of("-reale", "-common");
          default -> List.of("-masculine");
        };
    Predicate<String> known = speller().ruleSets()::contains;
    return wanted.stream().map(w -> CARDINAL + w).filter(known).findFirst().orElse(NUMBERING);
  }

  /** ICU counts the one of "one thousand" where speakers do not: the lexicon says what they say. */
  @Override
  String unhyphenated(String spelled) {
    String plain = super.unhyphenated(spelled);
    for (String wordy : lexicon().set("wordyNumber")) {
      String[] sides = wordy.replace('_', ' ').split(">", -1);
      if (plain.startsWith(sides[0])) {
        return sides[1] + plain.substring(sides[0].length());
      }
    }
    return plain;
  }

  @Override
  Pattern ordinalPattern() {
    return NO_ORDINALS;
  }

  /** "5-й", "5:e", "5ος": the ordinals that end so; "5." in the midst of a sentence. */
  @Override
  public Optional<Readings> ordinal(TokenLine line, int i) {
    Token token = line.at(i);
    Matcher ending = WITH_ENDING.matcher(token.core());
    Readings readings = Readings.none();
    if (ending.matches()
        && (!ending.group(2).isEmpty() || lexicon().unit(ending.group(3)) == null)) {
      long number = Long.parseLong(ending.group(1));
      String written = ending.group(3).toLowerCase(ULocale.forLanguageTag(language).toLocale());
      readings =
          Readings.ofAll(
              Stream.concat(named(ORDINAL).stream(), speller().ruleSets().stream())
                  .filter(r -> r.startsWith(ORDINAL))
                  .map(r -> unhyphenated(speller().spell(number, r)))
                  .filter(s -> s.endsWith(written))
                  .toList());
    } else if (DOTTED.contains(language)
        && token.dotted()
        && !token.closed()
        && DIGITS.matcher(token.core()).matches()
        && line.at(i + 1).isLowerCase()) {
      long number = Long.parseLong(token.core());
      readings = ordinal(number).first(6);
      readings = readings.isEmpty() ? readings : readings.or(cardinal(number).first(2));
    }
    return readings.isEmpty() ? Optional.empty() : Optional.of(readings);
  }

  @Override
  public Readings year(long year) {
    Readings plain = Readings.none();
    String hundred = lexicon().text("hundred");
    if (!hundred.isEmpty() && year >= 1100 && year < 2000 && year % 100 > 0) {
      plain = cardinal(year / 100).first(1).then(hundred).then(cardinal(year % 100).first(1));
    }
    plain = plain.or(spell(year, NUMBERING));
    Readings own = spell(year, YEAR);
    if (own.toList().equals(spell(year, NUMBERING).toList())) {
      return plain;
    }
    // Where a year is declined ("in the nineteen ninety ninth"), it is so in every case.
    List<String> cases = new ArrayList<>();
    for (String form : List.of("-masculine", "-masculine-locative", "-masculine-prepositional")) {
      cases.add(ORDINAL + form);
    }
    return own.or(plain).or(spell(year, cases));
  }

  @Override
  public Readings day(int day, boolean afterMonth) {
    boolean byOrdinal =
        ORDINAL_DAYS.contains(language) || DOTTED.contains(language) && !language.equals("tr");
    if (!byOrdinal) {
      return super.day(day, afterMonth);
    }
    return spell(day, ORDINAL + "-masculine-genitive")
        .or(ordinal(day).first(3))
        .or(cardinal(day).first(2));
  }

  @Override
  boolean readsFractionAsNumber() {
    return true;
  }

  @Override
  public char decimalSeparator() {
    return speller().isAvailable()
            && DecimalFormatSymbols.getInstance(new ULocale(language)).getDecimalSeparator() == ','
        ? ','
        : '.';
  }
}
