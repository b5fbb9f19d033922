package org.chorale.text.spoken;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Portuguese: Brazilian numbers with European ones beside them. */
final class PortugueseForms extends IcuForms {

  private static final Pattern ORDINAL = Pattern.compile("(\\d{1,4})\\.?(º|ª|°|o|a)");

  PortugueseForms() {
    super("pt");
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
  boolean saysAndBeforeCents() {
    return true;
  }

  @Override
  public Readings cardinal(long number) {
    Readings brazilian = super.cardinal(number);
    List<String> european = new ArrayList<>();
    for (List<String> words : brazilian.toList()) {
      european.add(
          String.join(" ", words)
              .replace("dezesseis", "dezasseis")
              .replace("dezessete", "dezassete")
              .replace("dezenove", "dezanove"));
    }
    Readings all = brazilian.or(Readings.ofAll(european));
    return number == 6 ? all.or("meia") : all;
  }

  @Override
  Readings ordinalWithSuffix(long number, String suffix) {
    Readings feminine = spell(number, "%spellout-ordinal-feminine");
    Readings all =
        suffix.equals("ª") || suffix.equals("a") ? feminine.or(ordinal(number)) : ordinal(number);
    return suffix.equals("°")
        ? all.or(cardinal(number).first(1).then(number == 1 ? "grau" : "graus"))
        : all;
  }

  @Override
  public Readings regnal(long number) {
    return number <= 10
        ? ordinal(number).first(2).or(cardinal(number).first(1))
        : cardinal(number).first(1).or(ordinal(number).first(2));
  }

  @Override
  public Readings day(int day, boolean afterMonth) {
    return day == 1 ? Readings.of("primeiro", "um") : cardinal(day).first(1);
  }

  @Override
  public Readings clock(int hour, int minute) {
    int twelve = hour > 12 ? hour - 12 : hour;
    Readings h = counting(hour, 'f').first(1);
    Readings hours = h.then(hour == 1 ? "hora" : "horas");
    if (minute == 0) {
      return hours.or(h).or(counting(twelve, 'f').first(1));
    }
    Readings m = cardinal(minute).first(1);
    Readings all = h.then("e").then(m).or(hours.then("e").then(m)).or(h.then(m));
    Readings t = counting(twelve, 'f').first(1);
    return switch (minute) {
      case 30 -> t.then("e meia").or(h.then("e meia")).or(all);
      case 45 ->
          all.or(Readings.of("quinze para as").then(counting(twelve % 12 + 1, 'f').first(1)));
      default -> all;
    };
  }
}
