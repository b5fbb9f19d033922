package org.chorale.text.spoken;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the languages share: numbers by ICU's rule sets, phrases from the lexicon, and the usual
 * order of things. A language overrides what it says in another way.
 */
abstract class IcuForms implements SpokenForms {

  private static final char SOFT_HYPHEN = '\u00AD';

  private final Lexicon lexicon;
  private final NumberSpeller speller;

  IcuForms(String language) {
    this.lexicon = Lexicon.load(language);
    this.speller = new NumberSpeller(language);
  }

  /** Rule sets of cardinals, the plainest first. */
  abstract List<String> cardinalRules();

  /** Rule sets of ordinals, the likeliest first. */
  abstract List<String> ordinalRules();

  /** The rule set of cardinals before a noun of a gender. */
  abstract String countingRule(char gender);

  /** Ordinals in digits: group 1 holds the digits. */
  abstract Pattern ordinalPattern();

  /** Whether "3.14" ends in "fourteen" rather than in "one four". */
  abstract boolean readsFractionAsNumber();

  /** ICU's spelling with its soft hyphens made spaces, or closed. */
  String unhyphenated(String spelled) {
    return spelled.replace(SOFT_HYPHEN, ' ');
  }

  final NumberSpeller speller() {
    return speller;
  }

  final Readings spell(long number, String ruleSet) {
    return Readings.of(unhyphenated(speller.spell(number, ruleSet)));
  }

  final Readings spell(long number, List<String> ruleSets) {
    Readings all = Readings.none();
    for (String ruleSet : ruleSets) {
      all = all.or(spell(number, ruleSet));
    }
    return all;
  }

  @Override
  public final Lexicon lexicon() {
    return lexicon;
  }

  @Override
  public char decimalSeparator() {
    return ',';
  }

  @Override
  public boolean spaceParts() {
    return true;
  }

  @Override
  public boolean monthFirst() {
    return false;
  }

  @Override
  public Readings cardinal(long number) {
    return spell(number, cardinalRules());
  }

  @Override
  public Readings counting(long number, char gender) {
    return spell(number, countingRule(gender)).or(cardinal(number));
  }

  @Override
  public Readings ordinal(long number) {
    return spell(number, ordinalRules());
  }

  @Override
  public Optional<Readings> ordinal(TokenLine line, int i) {
    Matcher matcher = ordinalPattern().matcher(line.at(i).withDot());
    if (!matcher.matches()) {
      matcher = ordinalPattern().matcher(line.at(i).core());
      if (!matcher.matches()) {
        return Optional.empty();
      }
    }
    Optional<Numeral> number = Numeral.parse(matcher.group(1), decimalSeparator());
    if (number.isEmpty() || !number.get().isInteger() || !number.get().hasValue()) {
      return Optional.empty();
    }
    String suffix = matcher.groupCount() > 1 && matcher.group(2) != null ? matcher.group(2) : "";
    return Optional.of(ordinalWithSuffix(number.get().value(), suffix));
  }

  /** An ordinal whose ending was written; the ending may tell gender or case. */
  Readings ordinalWithSuffix(long number, String suffix) {
    return ordinal(number);
  }

  @Override
  public Readings regnal(long number) {
    return ordinal(number).first(3).or(cardinal(number));
  }

  @Override
  public Readings year(long year) {
    // Years have no gender: the plainest cardinal will do.
    return spell(year, "%spellout-numbering-year")
        .or(spell(year, cardinalRules().stream().limit(1).toList()));
  }

  @Override
  public Readings decade(long year) {
    return cardinal(year);
  }

  @Override
  public Readings digits(String digits) {
    Readings all = Readings.none();
    for (int i = 0; i < digits.length() && i < 40; i++) {
      all = all.then(cardinal(digits.charAt(i) - '0').first(1));
    }
    return all;
  }

  @Override
  public Readings day(int day, boolean afterMonth) {
    return cardinal(day);
  }

  @Override
  public Readings date(int day, int month, int year) {
    Readings date =
        day(day, false)
            .first(2)
            .then(Readings.of(lexicon.text("of")))
            .then(lexicon.monthName(month));
    if (year > 0) {
      date = date.then(Readings.of(lexicon.text("ofYear"))).then(year(year).first(2));
    }
    return date.or(inNumbers(day, month, year));
  }

  /** "four seven nineteen ninety nine". */
  final Readings inNumbers(int day, int month, int year) {
    Readings date = cardinal(day).first(1).then(cardinal(month).first(1));
    return year > 0 ? date.then(year(year).first(1)) : date;
  }

  @Override
  public Readings clock(int hour, int minute) {
    Readings hours = counting(hour, 'f');
    return minute == 0 ? hours : hours.first(1).then(cardinal(minute).first(1));
  }

  @Override
  public Readings minutesAfterHourWord(int minute) {
    return minute == 0 ? Readings.none() : cardinal(minute).first(1);
  }

  @Override
  public Readings number(Numeral number) {
    if (!number.isInteger()) {
      return decimal(number, 'm');
    }
    if (!number.hasValue()) {
      return digits(number.integer());
    }
    long value = number.value();
    if (number.hasLeadingZero()) {
      return digits(number.integer()).or(cardinal(value));
    }
    if (number.isYearLike()) {
      return year(value).or(pairs(number.integer())).or(digits(number.integer()));
    }
    if (number.grouped() || number.integer().length() < 3) {
      return cardinal(value);
    }
    if (number.integer().length() >= 7 && !number.integer().endsWith("000")) {
      return digits(number.integer()).or(pairs(number.integer())).or(cardinal(value));
    }
    return cardinal(value).first(4).or(pairs(number.integer())).or(digits(number.integer()));
  }

  /** "twelve thirty four" for 1234, "four eleven" for 411; nothing where nobody says so. */
  Readings pairs(String digits) {
    return Readings.none();
  }

  /** Digits after the decimal separator. */
  final Readings fractionDigits(String fraction) {
    Readings single = digits(fraction);
    if (fraction.length() > 3 || fraction.length() < 2) {
      return single;
    }
    Readings whole = cardinal(Long.parseLong(fraction)).first(1);
    if (fraction.charAt(0) == '0') {
      whole = fraction.charAt(1) == '0' ? Readings.none() : digits("0").then(whole);
    }
    return readsFractionAsNumber() ? whole.or(single) : single.or(whole);
  }

  final Readings decimal(Numeral number, char gender) {
    Readings integer =
        number.integer().isEmpty()
            ? Readings.none()
            : number.hasValue()
                ? counting(number.value(), gender).or(cardinal(number.value()))
                : digits(number.integer());
    if (!number.integer().isEmpty() && number.hasValue()) {
      // Before "point" the number stands by itself: "eins Komma fünf".
      integer = cardinal(number.value()).first(2);
    }
    Readings point = lexicon.phrase(number.foreign() ? "foreignPoint" : "point");
    return integer
        .then(point.isEmpty() ? lexicon.phrase("point") : point)
        .then(fractionDigits(number.fraction()));
  }

  @Override
  public Readings amount(Numeral number, char gender) {
    if (!number.isInteger()) {
      return decimal(number, gender);
    }
    return number.hasValue() && !number.hasLeadingZero()
        ? counting(number.value(), gender)
        : number(number);
  }

  @Override
  public Readings money(Numeral number, Noun currency) {
    if (!number.hasValue() || number.isInteger() || number.fraction().length() != 2) {
      Readings name = number.isOne() ? currency.one() : currency.many();
      return amount(number, currency.gender()).first(4).then(name);
    }
    long cents = Long.parseLong(number.fraction());
    Readings whole = counting(number.value(), currency.gender()).first(2);
    Readings name = number.value() == 1 ? currency.one() : currency.many();
    if (cents == 0) {
      return whole.then(name).or(number(number).then(currency.many()));
    }
    Readings all = Readings.none();
    if (number.value() == 0) {
      all = counting(cents, 'm').first(1).then(cents == 1 ? currency.subOne() : currency.subMany());
    }
    return all.or(whole.first(1).then(name.first(1)).then(moneyTail(number, currency).first(4)))
        .or(whole.first(1).then(cardinal(cents).first(1)))
        .or(number(number).first(1).then(currency.many().first(1)));
  }

  @Override
  public Readings moneyTail(Numeral number, Noun currency) {
    if (number.fraction().length() != 2 || number.fraction().equals("00")) {
      return Readings.none();
    }
    long cents = Long.parseLong(number.fraction());
    Readings bare = cardinal(cents).first(1);
    Readings counted =
        counting(cents, 'm').first(1).then(cents == 1 ? currency.subOne() : currency.subMany());
    Readings and = lexicon.phrase("moneyAnd");
    return saysAndBeforeCents()
        ? and.then(bare).or(and.then(counted)).or(bare).or(counted)
        : bare.or(and.then(counted)).or(and.then(bare)).or(counted);
  }

  /** Whether "three euros and fifty" is the usual form. */
  boolean saysAndBeforeCents() {
    return false;
  }

  @Override
  public Readings fraction(long numerator, long denominator) {
    Readings known = lexicon.phrase(numerator + "/" + denominator);
    Readings name = lexicon.denominator(denominator, numerator != 1);
    Readings top = counting(numerator, 'm').first(1);
    Readings over =
        lexicon.phrase("over").isEmpty()
            ? Readings.none()
            : cardinal(numerator)
                .first(1)
                .then(lexicon.phrase("over"))
                .then(cardinal(denominator).first(1));
    Readings bare = cardinal(numerator).first(1).then(cardinal(denominator).first(1));
    return known.or(name.isEmpty() ? Readings.none() : top.then(name)).or(over).or(bare);
  }
}
