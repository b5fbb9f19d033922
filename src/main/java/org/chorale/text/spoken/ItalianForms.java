package org.chorale.text.spoken;

import java.util.List;
import java.util.regex.Pattern;

/** Italian. */
final class ItalianForms extends IcuForms {

  private static final Pattern ORDINAL = Pattern.compile("(\\d{1,4})\\.?(º|ª|°|mo|ma|esimo|esima)");
  // "vent-uno" lost a vowel where its parts meet, so they stay together.
  private static final Pattern ELIDED = Pattern.compile("(?<=t)\u00AD");

  ItalianForms() {
    super("it");
  }

  @Override
  String unhyphenated(String spelled) {
    return super.unhyphenated(ELIDED.matcher(spelled).replaceAll(""));
  }

  @Override
  List<String> cardinalRules() {
    return List.of(
        "%spellout-numbering", "%spellout-cardinal-masculine", "%spellout-cardinal-feminine");
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
  boolean saysAndBeforeCents() {
    return true;
  }

  @Override
  Readings ordinalWithSuffix(long number, String suffix) {
    Readings feminine = spell(number, "%spellout-ordinal-feminine");
    Readings all =
        suffix.equals("ª") || suffix.endsWith("a") ? feminine.or(ordinal(number)) : ordinal(number);
    return suffix.equals("°")
        ? all.or(cardinal(number).first(1).then(number == 1 ? "grado" : "gradi"))
        : all;
  }

  @Override
  public Readings day(int day, boolean afterMonth) {
    return day == 1 ? Readings.of("primo", "uno") : cardinal(day).first(1);
  }

  @Override
  public Readings clock(int hour, int minute) {
    int twelve = hour > 12 ? hour - 12 : hour;
    Readings h = counting(hour, 'f').first(1);
    if (minute == 0) {
      return cardinal(hour).first(1).or(h).or(counting(twelve, 'f').first(1));
    }
    Readings m = cardinal(minute).first(1);
    Readings all = h.then("e").then(m).or(h.then(m));
    Readings t = counting(twelve, 'f').first(1);
    return switch (minute) {
      case 15 -> all.first(1).or(t.then("e un quarto")).or(all);
      case 30 -> all.first(1).or(t.then("e mezza", "e mezzo")).or(all);
      case 45 ->
          all.first(1).or(counting(twelve % 12 + 1, 'f').first(1).then("meno un quarto")).or(all);
      default -> all.or(t.then("e").then(m));
    };
  }
}
