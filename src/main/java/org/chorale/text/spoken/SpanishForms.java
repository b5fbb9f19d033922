package org.chorale.text.spoken;

import java.util.List;
import java.util.regex.Pattern;

/** Spanish. */
final class SpanishForms extends IcuForms {

  private static final Pattern ORDINAL =
      Pattern.compile("(\\d{1,4})\\.?(º|ª|°|ᵉʳ|er|ero|era|ro|ra|do|da|to|ta|vo|va|mo|ma|no|na)");

  SpanishForms() {
    super("es");
  }

  @Override
  String unhyphenated(String spelled) {
    return spelled.replace("\u00AD", "");
  }

  @Override
  List<String> cardinalRules() {
    return List.of(
        "%spellout-numbering", "%spellout-cardinal-masculine", "%spellout-cardinal-feminine");
  }

  @Override
  List<String> ordinalRules() {
    return List.of(
        "%spellout-ordinal-masculine",
        "%spellout-ordinal-feminine", "%spellout-ordinal-masculine-adjective");
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
    Readings cardinal = number > 10 ? cardinal(number).first(1) : Readings.none();
    Readings all =
        suffix.equals("ª") || suffix.endsWith("a") ? feminine.or(ordinal(number)) : ordinal(number);
    if (suffix.equals("er") || suffix.equals("ᵉʳ")) {
      all = spell(number, "%spellout-ordinal-masculine-adjective").or(all);
    }
    return suffix.equals("°") ? all.or(cardinal(number).first(1).then("grados")) : all.or(cardinal);
  }

  @Override
  public Readings regnal(long number) {
    return number <= 10
        ? ordinal(number).first(2).or(cardinal(number).first(1))
        : cardinal(number).first(1).or(ordinal(number).first(2));
  }

  @Override
  public Readings day(int day, boolean afterMonth) {
    return day == 1 ? Readings.of("uno", "primero") : cardinal(day).first(1);
  }

  @Override
  public Readings clock(int hour, int minute) {
    int twelve = hour > 12 ? hour - 12 : hour;
    Readings h = counting(hour, 'f').first(1);
    if (minute == 0) {
      return h.or(h.then("en punto")).or(counting(twelve, 'f').first(1));
    }
    Readings m = cardinal(minute).first(1);
    Readings all = h.then("y").then(m).or(h.then(m));
    Readings t = counting(twelve, 'f').first(1);
    switch (minute) {
      case 15 -> all = t.then("y cuarto").or(all);
      case 30 -> all = t.then("y media").or(all);
      case 45 -> all = counting(twelve % 12 + 1, 'f').first(1).then("menos cuarto").or(all);
      default -> {}
    }
    return all.or(t.then("y").then(m));
  }
}
