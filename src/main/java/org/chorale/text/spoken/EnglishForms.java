package org.chorale.text.spoken;

import java.util.List;
import java.util.regex.Pattern;

/** English: American habits first, British ones beside them. */
final class EnglishForms extends IcuForms {

  private static final Pattern ORDINAL =
      Pattern.compile("(\\d[\\d,]*)-?(?:st|nd|rd|th|ST|ND|RD|TH|ˢᵗ|ⁿᵈ|ʳᵈ|ᵗʰ)");

  EnglishForms() {
    super("en");
  }

  @Override
  List<String> cardinalRules() {
    return List.of("%spellout-numbering", "%spellout-numbering-verbose");
  }

  @Override
  List<String> ordinalRules() {
    return List.of("%spellout-ordinal", "%spellout-ordinal-verbose");
  }

  @Override
  String countingRule(char gender) {
    return "%spellout-numbering";
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
  public char decimalSeparator() {
    return '.';
  }

  @Override
  public boolean spaceParts() {
    return false;
  }

  @Override
  public boolean monthFirst() {
    return true;
  }

  @Override
  public Readings cardinal(long number) {
    Readings plain = super.cardinal(number);
    if (number >= 100 && number < 200) {
      return plain.or("a " + words(number).substring("one ".length()));
    }
    return number == 1000 || number == 1_000_000
        ? plain.or("a " + words(number).substring("one ".length()))
        : plain;
  }

  private String words(long number) {
    return speller().spell(number, "%spellout-numbering");
  }

  @Override
  public Readings regnal(long number) {
    return Readings.of("the").then(ordinal(number).first(1)).or(cardinal(number).first(1));
  }

  @Override
  public Readings year(long year) {
    Readings all = spell(year, "%spellout-numbering-year");
    long rest = year % 100;
    if (year >= 2000 && year < 2100) {
      Readings plain = cardinal(year).first(2);
      Readings pairs =
          rest == 0
              ? Readings.none()
              : Readings.of("twenty " + (rest < 10 ? "oh " : "") + words(rest));
      return rest < 10 ? plain.or(pairs) : all.or(pairs).or(plain);
    }
    if (year >= 1100 && year < 2000 && rest > 0) {
      all = all.or(words(year / 100) + " hundred and " + words(rest));
    }
    return all.or(super.cardinal(year));
  }

  @Override
  public Readings decade(long year) {
    long rest = year % 100;
    String tens = rest == 0 ? "" : words(rest).replaceAll("y$", "ie") + "s";
    if (rest > 0 && rest < 20) {
      tens = words(rest) + "s";
    }
    if (year < 100) {
      return Readings.of(tens);
    }
    if (rest == 0) {
      return year % 1000 == 0
          ? Readings.of(words(year) + "s")
          : Readings.of(words(year / 100) + " hundreds");
    }
    return Readings.of(words(year / 100) + " " + tens, tens);
  }

  @Override
  public Readings digits(String digits) {
    Readings zeros = super.digits(digits);
    if (digits.indexOf('0') < 0) {
      return zeros;
    }
    StringBuilder oh = new StringBuilder();
    for (int i = 0; i < digits.length() && i < 40; i++) {
      oh.append(digits.charAt(i) == '0' ? "oh" : words(digits.charAt(i) - '0')).append(' ');
    }
    Readings all = Readings.of(oh.toString()).or(zeros);
    return digits.equals("0") ? zeros.or("oh") : all;
  }

  @Override
  Readings pairs(String digits) {
    int length = digits.length();
    if (length != 3 && length != 4) {
      return Readings.none();
    }
    long head = Long.parseLong(digits.substring(0, length - 2));
    long tail = Long.parseLong(digits.substring(length - 2));
    if (tail == 0) {
      return length == 4 && head % 10 != 0
          ? Readings.of(words(head) + " hundred")
          : Readings.none();
    }
    return Readings.of(words(head) + " " + (tail < 10 ? "oh " : "") + words(tail));
  }

  @Override
  public Readings day(int day, boolean afterMonth) {
    Readings ordinal = ordinal(day).first(1);
    Readings the = Readings.of("the").then(ordinal);
    Readings number = cardinal(day).first(1);
    return afterMonth
        ? ordinal.or(number).or(the)
        : ordinal.or(number).or(the).or(ordinal.then("of")).or(the.then("of"));
  }

  @Override
  public Readings date(int day, int month, int year) {
    Readings name = lexicon().monthName(month).first(1);
    Readings ordinal = ordinal(day).first(1);
    Readings years = year > 0 ? year(year).first(2) : Readings.none();
    Readings monthThenDay = name.then(ordinal.or(cardinal(day).first(1))).then(years.first(1));
    Readings dayThenMonth = Readings.of("the").then(ordinal).then("of").then(name).then(years);
    return monthThenDay
        .or(dayThenMonth.first(1))
        .or(inNumbers(month, day, year))
        .or(inNumbers(day, month, year))
        .or(dayThenMonth);
  }

  @Override
  public Readings clock(int hour, int minute) {
    Readings all = twelve(hour, minute);
    if (hour > 12 && hour < 24) {
      all = all.first(2).or(twelve(hour - 12, minute));
    }
    return hour == 0 || hour == 24 ? all.first(2).or(twelve(12, minute)) : all;
  }

  private Readings twelve(int hour, int minute) {
    String h = words(hour);
    String next = words(hour % 12 + 1);
    if (minute == 0) {
      return Readings.of(h + " o'clock", h, h + " hundred");
    }
    Readings plain = Readings.of(h + " " + (minute < 10 ? "oh " : "") + words(minute));
    if (minute == 15) {
      return plain.or("quarter past " + h, "a quarter past " + h, "quarter after " + h);
    }
    if (minute == 30) {
      return plain.or("half past " + h, "half " + h);
    }
    if (minute == 45) {
      return plain.or("quarter to " + next, "a quarter to " + next, "quarter of " + next);
    }
    if (minute % 5 == 0) {
      return minute < 30
          ? plain.or(words(minute) + " past " + h)
          : plain.or(words(60 - minute) + " to " + next);
    }
    return plain;
  }

  @Override
  public Readings number(Numeral number) {
    Readings plain = super.number(number);
    if (number.isInteger() && number.hasValue() && number.value() == 0) {
      return plain.or("oh");
    }
    if (number.isInteger() || !number.integer().equals("0")) {
      return plain;
    }
    return plain.first(4).or(lexicon().phrase("point").then(fractionDigits(number.fraction())));
  }

  @Override
  public Readings fraction(long numerator, long denominator) {
    Readings all = super.fraction(numerator, denominator);
    if (denominator > 10 && denominator <= 100) {
      String ending = numerator == 1 ? "" : "s";
      Readings name =
          Readings.of(words(numerator))
              .then(speller().spell(denominator, "%spellout-ordinal") + ending);
      return name.or(all);
    }
    return all;
  }
}
