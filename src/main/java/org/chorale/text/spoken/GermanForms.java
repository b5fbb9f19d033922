package org.chorale.text.spoken;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** German: ordinals with a full stop, inflected. */
final class GermanForms extends IcuForms {

  private static final Pattern ORDINAL =
      Pattern.compile("(\\d{1,4})-?(te|ter|tes|ten|tem|ste|ster|stes|sten|stem)");
  private static final Pattern DOTTED = Pattern.compile("(\\d{1,3})\\.");

  private final DottedOrdinals ordinals = new DottedOrdinals(lexicon());

  GermanForms() {
    super("de");
  }

  @Override
  List<String> cardinalRules() {
    return List.of(
        "%spellout-numbering",
        "%spellout-cardinal-masculine",
        "%spellout-cardinal-feminine",
        "%spellout-cardinal-n",
        "%spellout-cardinal-m",
        "%spellout-cardinal-r");
  }

  @Override
  List<String> ordinalRules() {
    return List.of(
        "%spellout-ordinal",
        "%spellout-ordinal-n", "%spellout-ordinal-r", "%spellout-ordinal-s", "%spellout-ordinal-m");
  }

  @Override
  String countingRule(char gender) {
    return gender == 'f' ? "%spellout-cardinal-feminine" : "%spellout-cardinal-masculine";
  }

  @Override
  Pattern ordinalPattern() {
    return ORDINAL;
  }

  @Override
  boolean readsFractionAsNumber() {
    return false;
  }

  @Override
  public boolean spaceParts() {
    return true;
  }

  @Override
  public Readings cardinal(long number) {
    Readings all = super.cardinal(number);
    if (number == 2) {
      return all.or("zwo");
    }
    String plain = unhyphenated(speller().spell(number, "%spellout-numbering"));
    boolean one = number >= 100 && number < 200 || number >= 1000 && number < 2000;
    return one && plain.startsWith("ein ") ? all.first(2).or(plain.substring(4)).or(all) : all;
  }

  @Override
  public Optional<Readings> ordinal(TokenLine line, int i) {
    Optional<Readings> suffixed = super.ordinal(line, i);
    if (suffixed.isPresent()) {
      return suffixed;
    }
    Matcher dotted = DOTTED.matcher(line.at(i).withDot());
    if (!dotted.matches() || line.at(i).closed()) {
      return Optional.empty();
    }
    long number = Long.parseLong(dotted.group(1));
    Readings ordinal =
        takesN(line.at(i - 1))
            ? spell(number, "%spellout-ordinal-n").or(ordinal(number))
            : ordinal(number);
    // Elsewhere the full stop may end the sentence.
    boolean likely = ordinals.isOrdinal(line, i) || takesN(line.at(i - 1));
    return Optional.of(
        likely
            ? ordinal.first(6).or(cardinal(number).first(2))
            : cardinal(number).first(3).or(ordinal.first(5)));
  }

  private boolean takesN(Token before) {
    return lexicon().has("takesN", before.lower());
  }

  @Override
  public Readings regnal(long number) {
    Readings weak = spell(number, "%spellout-ordinal");
    Readings oblique = spell(number, "%spellout-ordinal-n");
    return Readings.of("der")
        .then(weak)
        .or(Readings.of("des", "dem", "den").then(oblique))
        .or(Readings.of("die").then(weak))
        .or(weak)
        .or(cardinal(number).first(1));
  }

  @Override
  public Readings year(long year) {
    Readings all = spell(year, "%spellout-numbering-year");
    if (year > 2000 && year < 2100) {
      all = all.or("zwanzig " + unhyphenated(speller().spell(year % 100, "%spellout-numbering")));
    }
    return all.or(cardinal(year).first(2));
  }

  @Override
  public Readings decade(long year) {
    String words =
        unhyphenated(
            speller()
                .spell(year, year > 1000 ? "%spellout-numbering-year" : "%spellout-numbering"));
    return Readings.of(words + "er", words + "ern");
  }

  @Override
  public Readings day(int day, boolean afterMonth) {
    return spell(day, "%spellout-ordinal-n")
        .or(spell(day, "%spellout-ordinal-r"))
        .or(spell(day, "%spellout-ordinal"));
  }

  @Override
  public Readings date(int day, int month, int year) {
    Readings years = year > 0 ? year(year).first(2) : Readings.none();
    Readings name = lexicon().monthName(month).first(1);
    Readings all = Readings.none();
    for (String rule : List.of("%spellout-ordinal-r", "%spellout-ordinal-n")) {
      Readings named = spell(day, rule).then(name).then(years.first(1));
      Readings counted = spell(day, rule).then(spell(month, rule)).then(years.first(1));
      all = all.or(month == 0 ? counted : counted.or(named));
    }
    return all.or(day(day, false).first(1).then(name).then(years));
  }

  @Override
  public Readings clock(int hour, int minute) {
    String h = hour(hour);
    String clock = hour == 1 ? "ein" : h;
    if (minute == 0) {
      return Readings.of(clock + " uhr", h);
    }
    String m = words(minute);
    Readings all = Readings.of(clock + " uhr " + m);
    String twelve = words(hour % 12 == 0 ? 12 : hour % 12);
    String next = words(hour % 12 + 1);
    switch (minute) {
      case 15 -> all = all.or("viertel nach " + twelve, "viertel " + next);
      case 30 -> all = all.or("halb " + next);
      case 45 -> all = all.or("viertel vor " + next, "dreiviertel " + next);
      default -> {
        if (minute % 5 == 0) {
          all =
              minute < 30
                  ? all.or(m + " nach " + twelve)
                  : all.or(words(60 - minute) + " vor " + next);
        }
      }
    }
    return all.or(h + " " + m);
  }

  private String hour(int hour) {
    return words(hour);
  }

  private String words(long number) {
    return unhyphenated(speller().spell(number, "%spellout-numbering"));
  }

  @Override
  public Readings fraction(long numerator, long denominator) {
    Readings all = super.fraction(numerator, denominator);
    if (denominator > 10 && denominator <= 100) {
      String ordinal = unhyphenated(speller().spell(denominator, "%spellout-ordinal"));
      return spell(numerator, "%spellout-cardinal-masculine").then(ordinal + "l").or(all);
    }
    return all;
  }
}
