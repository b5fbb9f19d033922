package org.chorale.text.spoken;

import java.util.List;
import java.util.regex.Pattern;

/** Dutch. */
final class DutchForms extends IcuForms {

  private static final Pattern ORDINAL = Pattern.compile("(\\d{1,4})-?(e|ste|de)");
  private static final Pattern HUNDRED = Pattern.compile("(honderd|duizend)(?=\\p{L}{2})(?!ste)");

  DutchForms() {
    super("nl");
  }

  @Override
  String unhyphenated(String spelled) {
    // ICU parts "honderd" from what follows only sometimes.
    return HUNDRED.matcher(super.unhyphenated(spelled)).replaceAll("$1 ");
  }

  @Override
  List<String> cardinalRules() {
    return List.of("%spellout-numbering");
  }

  @Override
  List<String> ordinalRules() {
    return List.of("%spellout-ordinal");
  }

  @Override
  String countingRule(char gender) {
    return "%spellout-cardinal";
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
  public Readings regnal(long number) {
    return Readings.of("de").then(ordinal(number)).or(ordinal(number)).or(cardinal(number));
  }

  private String words(long number) {
    return unhyphenated(speller().spell(number, "%spellout-numbering"));
  }

  @Override
  public Readings year(long year) {
    long rest = year % 100;
    long century = year / 100;
    if (year < 1100 || year >= 2100 || year % 1000 < 10) {
      return cardinal(year);
    }
    if (year >= 2000) {
      return Readings.of("twintig " + words(rest)).or(cardinal(year));
    }
    String hundreds = words(century) + " honderd";
    return rest == 0
        ? Readings.of(hundreds)
        : Readings.of(
                words(century) + " " + words(rest),
                hundreds + " " + words(rest),
                hundreds + " en " + words(rest))
            .or(cardinal(year));
  }

  @Override
  public Readings cardinal(long number) {
    Readings all = super.cardinal(number);
    if (number == 1) {
      return all.or("één");
    }
    // "1234" is "twaalfhonderdvierendertig" to most speakers.
    if (number > 1100 && number < 10_000 && number % 1000 >= 100) {
      String rest = number % 100 == 0 ? "" : " " + words(number % 100);
      return all.or(words(number / 100) + " honderd" + rest);
    }
    return all;
  }

  @Override
  public Readings clock(int hour, int minute) {
    String h = words(hour);
    if (minute == 0) {
      return Readings.of(h + " uur", h);
    }
    String m = words(minute);
    Readings all = Readings.of(h + " uur " + m);
    String twelve = words(hour % 12 == 0 ? 12 : hour % 12);
    String next = words(hour % 12 + 1);
    switch (minute) {
      case 15 -> all = all.or("kwart over " + twelve);
      case 30 -> all = all.or("half " + next);
      case 45 -> all = all.or("kwart voor " + next);
      default -> {
        if (minute % 5 == 0) {
          all =
              minute < 20
                  ? all.or(m + " over " + twelve)
                  : minute > 40 ? all.or(words(60 - minute) + " voor " + next) : all;
        }
      }
    }
    return all.or(h + " " + m);
  }

  @Override
  public Readings day(int day, boolean afterMonth) {
    return cardinal(day).first(1).or(ordinal(day));
  }
}
