package org.chorale.text.spoken;

import java.util.List;
import java.util.regex.Pattern;

/** French. */
final class FrenchForms extends IcuForms {

  private static final Pattern ORDINAL =
      Pattern.compile("(\\d{1,4})-?(ers?|[eè]res?|res?|es?|è|[eèi]?[eè]mes?|nde?s?|de?)");

  FrenchForms() {
    super("fr");
  }

  @Override
  List<String> cardinalRules() {
    return List.of("%spellout-numbering", "%spellout-cardinal-feminine");
  }

  @Override
  List<String> ordinalRules() {
    return List.of("%spellout-ordinal-masculine", "%spellout-ordinal-feminine");
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
    return true;
  }

  @Override
  Readings ordinalWithSuffix(long number, String suffix) {
    if (number == 1) {
      return suffix.startsWith("e") && suffix.contains("r") && !suffix.contains("re")
          ? Readings.of("premier")
          : Readings.of("première", "premier");
    }
    Readings ordinal = ordinal(number);
    return number == 2
        ? suffix.startsWith("n") || suffix.startsWith("d")
            ? Readings.of("second", "seconde").or(ordinal)
            : ordinal.or("second", "seconde")
        : ordinal;
  }

  @Override
  public Readings regnal(long number) {
    return number == 1
        ? Readings.of("premier", "première")
        : cardinal(number).or(ordinal(number).first(1));
  }

  @Override
  public Readings year(long year) {
    return cardinal(year).first(1).or(spell(year, "%spellout-numbering-year"));
  }

  @Override
  public Readings day(int day, boolean afterMonth) {
    return day == 1 ? Readings.of("premier", "un") : cardinal(day).first(1);
  }

  @Override
  public Readings clock(int hour, int minute) {
    Readings h = counting(hour, 'f').first(1);
    Readings hours = h.then(hour <= 1 ? "heure" : "heures");
    if (hour == 12) {
      hours = hours.or("midi");
    } else if (hour % 24 == 0) {
      hours = hours.or("minuit");
    }
    if (minute == 0) {
      return hours.or(h);
    }
    Readings m = cardinal(minute).first(1);
    Readings all = hours.then(m);
    switch (minute) {
      case 15 -> all = all.or(hours.then("et quart"));
      case 30 -> all = all.or(hours.then("et demie"));
      case 45 -> {
        int next = (hour + 1) % 24;
        all =
            all.or(
                counting(next, 'f')
                    .first(1)
                    .then(next <= 1 ? "heure" : "heures")
                    .then("moins le quart", "moins quart"));
      }
      default -> {}
    }
    return all.or(h.then(m));
  }
}
