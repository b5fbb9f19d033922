package org.chorale.text.spoken;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers with what belongs to them: signs, currencies, units, percent, magnitudes, ranges,
 * fractions, telephone numbers.
 */
final class NumberRule implements TokenRule {

  private static final String NUM = "(?:\\d[\\d.,']*\\d|\\d|[.,]\\d+)";
  private static final Pattern SHAPE =
      Pattern.compile(
          "([-+±~≈<>]*)([^\\d\\s.,'+\\-]{0,4}?)([-+]?)("
              + NUM
              + ")(?:(?:--?|[–—])([^\\d\\s.,'+\\-]?)("
              + NUM
              + "))?([^\\d].{0,6})?");
  private static final Pattern FRACTION = Pattern.compile("(?:(\\d+)-)?(\\d{1,6})[/⁄](\\d{1,6})");
  private static final Pattern SPACED_GROUP = Pattern.compile("\\d{3}(?:,\\d{1,3})?");
  private static final Pattern PHONE =
      Pattern.compile("\\+?\\(?\\d+[-./)]*\\d{2,}(?:[-./]\\d{2,})*");
  private static final Pattern VERSION = Pattern.compile("\\d+(?:\\.\\d+){2,}");

  private final SpokenForms forms;
  private final Lexicon lexicon;

  NumberRule(SpokenForms forms) {
    this.forms = forms;
    this.lexicon = forms.lexicon();
  }

  @Override
  public List<Readings> apply(TokenLine line, int i) {
    Token token = line.at(i);
    if (!token.hasDigit()) {
      return List.of();
    }
    String core = vulgar(token.core());
    List<Readings> spaced = spaced(line, i);
    if (!spaced.isEmpty()) {
      return spaced;
    }
    Matcher fraction = FRACTION.matcher(core);
    if (fraction.matches()) {
      return List.of(fraction(fraction));
    }
    if (PHONE.matcher(core).matches() && isPhone(core)) {
      return List.of(phone(core));
    }
    if (VERSION.matcher(core).matches() && parse(core).isEmpty()) {
      return List.of(version(core));
    }
    Matcher shape = SHAPE.matcher(core);
    return shape.matches() ? shaped(shape, line, i) : List.of();
  }

  /** "½" and its kin as digits: "1½" becomes "1-1/2". */
  private static String vulgar(String core) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < core.length(); i++) {
      char c = core.charAt(i);
      String digits =
          switch (c) {
            case '½' -> "1/2";
            case '⅓' -> "1/3";
            case '⅔' -> "2/3";
            case '¼' -> "1/4";
            case '¾' -> "3/4";
            case '⅕' -> "1/5";
            case '⅛' -> "1/8";
            case '⅜' -> "3/8";
            case '⅝' -> "5/8";
            case '⅞' -> "7/8";
            default -> "";
          };
      if (digits.isEmpty()) {
        out.append(c);
      } else {
        boolean mixed = out.length() > 0 && Character.isDigit(out.charAt(out.length() - 1));
        out.append(mixed ? "-" : "").append(digits);
      }
    }
    return out.toString();
  }

  private Optional<Numeral> parse(String digits) {
    return Numeral.parse(digits, forms.decimalSeparator());
  }

  /** "10 000": each word says its own part of the number. */
  private List<Readings> spaced(TokenLine line, int i) {
    Token first = line.at(i);
    if (!forms.spaceParts() || !first.isDigits() || first.core().length() > 3 || first.closed()) {
      return List.of();
    }
    int end = i + 1;
    while (isGroup(line.at(end)) && !ends(line.at(end - 1))) {
      end++;
    }
    int groups = end - i;
    if (groups < 2 || groups > 5 || first.core().startsWith("0")) {
      return List.of();
    }
    List<Readings> parts = new ArrayList<>();
    long scale = 1;
    for (int k = 1; k < groups; k++) {
      scale *= 1000;
    }
    for (int k = i; k < end; k++, scale /= 1000) {
      String[] digits = line.at(k).core().split(",", 2);
      long value = Long.parseLong(digits[0]);
      // It may be a list of numbers after all.
      Readings part =
          value == 0
              ? Readings.none()
              : forms.cardinal(value * scale).first(3).or(forms.cardinal(value).first(1));
      if (digits.length > 1) {
        part = part.then(lexicon.phrase("point").first(1)).then(forms.digits(digits[1]).first(1));
      }
      parts.add(part);
    }
    return parts;
  }

  private static boolean ends(Token token) {
    return token.closed() || token.dotted() || token.core().indexOf(',') >= 0;
  }

  private static boolean isGroup(Token token) {
    return SPACED_GROUP.matcher(token.core()).matches();
  }

  private Readings fraction(Matcher fraction) {
    long top = Long.parseLong(fraction.group(2));
    long bottom = Long.parseLong(fraction.group(3));
    String written = fraction.group(2) + "/" + fraction.group(3);
    Readings known = lexicon.word(written);
    Readings date = Readings.none();
    if (fraction.group(1) == null && top >= 1 && bottom >= 1 && top <= 31 && bottom <= 31) {
      int month = (int) (forms.monthFirst() && top <= 12 ? top : bottom);
      int day = (int) (forms.monthFirst() && top <= 12 ? bottom : top);
      date = month <= 12 && bottom > 4 ? forms.date(day, month, 0).first(2) : date;
    }
    Readings plain =
        known
            .or(
                top < bottom || bottom == 2
                    ? forms.fraction(top, bottom).first(4)
                    : Readings.none())
            .or(date)
            .or(forms.fraction(top, bottom))
            .or(
                forms
                    .cardinal(top)
                    .first(1)
                    .then(lexicon.phrase("slash"))
                    .then(forms.cardinal(bottom).first(1)));
    if (fraction.group(1) == null) {
      return plain;
    }
    Readings whole = forms.cardinal(Long.parseLong(fraction.group(1))).first(1);
    Readings mixed = lexicon.phrase("+" + written);
    return whole.then(
        mixed.or(lexicon.phrase("and").first(1).then(forms.fraction(top, bottom)).first(4)));
  }

  private boolean isPhone(String core) {
    long digits = core.chars().filter(Character::isDigit).count();
    boolean parted = core.chars().anyMatch(c -> c == '-' || c == '/' || c == '.' || c == ')');
    if (core.startsWith("+")) {
      return digits >= 7;
    }
    if (core.matches("\\d{3}-\\d{4}")) {
      return true;
    }
    return parted && digits >= 7 && parse(core).isEmpty() && !core.matches("\\d{4}-\\d{4}");
  }

  private Readings phone(String core) {
    Readings all = core.startsWith("+") ? lexicon.phrase("plus") : Readings.none();
    for (String group : core.split("\\D+")) {
      all = all.then(forms.digits(group).first(2));
    }
    return all;
  }

  private Readings version(String core) {
    Readings all = Readings.none();
    Readings plain = Readings.none();
    for (String part : core.split("\\.")) {
      Readings number = number(new Numeral(part, "", true, false)).first(1);
      Readings dot = lexicon.phrase("dot").first(1);
      all = all.isEmpty() ? number : all.then(dot).then(number);
      plain = plain.then(number);
    }
    return all.or(plain);
  }

  private Readings number(Numeral numeral) {
    return numeral.grouped() && numeral.isInteger() && numeral.hasValue()
        ? forms.cardinal(numeral.value())
        : forms.number(numeral);
  }

  private List<Readings> shaped(Matcher shape, TokenLine line, int i) {
    Optional<Numeral> low = parse(shape.group(4));
    Optional<Numeral> high = shape.group(6) == null ? Optional.empty() : parse(shape.group(6));
    if (low.isEmpty() || (shape.group(6) != null && high.isEmpty())) {
      return List.of();
    }
    String suffix = shape.group(7) == null ? "" : shape.group(7);
    Noun currency = currencyBefore(shape.group(2), line, i);
    if (currency == null && !shape.group(2).isEmpty()) {
      return hash(shape, low.get());
    }
    Readings sign = sign(shape.group(1) + shape.group(3));
    Numeral last = high.orElse(low.get());
    // Range: the first number, then what is said of the second.
    Readings head =
        high.isEmpty()
            ? sign
            : sign.then(forms.number(low.get()).first(2))
                .then(lexicon.phrase("to").or(lexicon.phrase("rangeNone")));
    boolean ranged = high.isPresent();
    Magnitude magnitude = Magnitude.none();
    if (!suffix.isEmpty()) {
      magnitude = glued(suffix, currency != null);
      if (magnitude.found()) {
        suffix = suffix.substring(magnitude.length());
      }
    }
    List<Readings> parts = new ArrayList<>();
    if (currency != null) {
      if (!suffix.isEmpty() && !suffix.equals("+")) {
        return List.of();
      }
      return money(line, i, head, last, currency, magnitude, ranged);
    }
    if (magnitude.found() && suffix.isEmpty()) {
      return List.of(head.then(number(last).first(2)).then(magnitude.name()));
    }
    if (magnitude.found()) {
      Noun noun = lexicon.currency(suffix);
      if (noun == null) {
        return List.of();
      }
      return List.of(
          head.then(forms.amount(last, 'm').first(2)).then(magnitude.name()).then(noun.many()));
    }
    if (!suffix.isEmpty()) {
      return suffixed(head, last, suffix, ranged);
    }
    List<Readings> apart = apart(line, i, head, last, ranged);
    if (!apart.isEmpty()) {
      return apart;
    }
    parts.add(ranged ? withRange(head, low.get(), last) : head.then(number(last)));
    if (!sign.isEmpty() && !ranged) {
      // A hyphen before a number is as often a list mark as a minus.
      parts.set(0, parts.get(0).first(6).or(number(last).first(2)));
    }
    return parts;
  }

  private Readings withRange(Readings head, Numeral low, Numeral high) {
    Readings plain = number(low).first(1).then(number(high).first(1));
    Readings all = head.then(number(high).first(2)).first(6).or(plain);
    boolean code = low.hasLeadingZero() || high.hasLeadingZero();
    return code ? forms.digits(low.integer() + high.integer()).or(all) : all;
  }

  private Noun currencyBefore(String written, TokenLine line, int i) {
    if (!written.isEmpty()) {
      return lexicon.currency(written);
    }
    // "$ 5": the lone symbol says nothing, the amount says both. "3 €, 5": it was the one before's.
    Token before = line.at(i - 1);
    return before.closed() || line.at(i - 2).startsWithDigit() || !before.isCurrencyMark()
        ? null
        : lexicon.currency(before.core());
  }

  private List<Readings> hash(Matcher shape, Numeral number) {
    if (!shape.group(2).equals("#") || shape.group(7) != null) {
      return List.of();
    }
    return List.of(
        lexicon
            .phrase("number")
            .then(number(number).first(2))
            .or(lexicon.phrase("hashtag").then(number(number).first(1))));
  }

  private Readings sign(String signs) {
    if (signs.startsWith("±")) {
      return lexicon.phrase("plus").first(1).then(lexicon.phrase("minus").first(1));
    }
    if (signs.startsWith("+")) {
      return lexicon.phrase("plus");
    }
    return signs.startsWith("-") ? lexicon.phrase("minus") : Readings.none();
  }

  private Magnitude glued(String suffix, boolean money) {
    String key = suffix.replaceAll("[^\\p{L}].*$", "");
    // "5m" is five metres and "1b" a label, but "$5m" are millions.
    boolean label = key.length() == 1 && !key.equalsIgnoreCase("k") && suffix.length() == 1;
    if (key.isEmpty() || !money && (label || lexicon.unit(suffix) != null)) {
      return Magnitude.none();
    }
    Readings name = lexicon.phrase("magnitude" + key);
    if (name.isEmpty()) {
      name = lexicon.phrase("magnitude" + key.toLowerCase(Locale.ROOT));
    }
    return name.isEmpty() ? Magnitude.none() : new Magnitude(name, key.length());
  }

  private List<Readings> money(
      TokenLine line,
      int i,
      Readings head,
      Numeral amount,
      Noun currency,
      Magnitude magnitude,
      boolean ranged) {
    if (magnitude.found()) {
      return List.of(
          head.then(forms.amount(amount, 'm').first(2))
              .then(magnitude.name())
              .then(currency.many().or(Readings.none())));
    }
    Token next = line.at(i + 1);
    if (!line.at(i).closed() && lexicon.has("magnitude", next.lower())) {
      Readings of = lexicon.phrase("ofMoney");
      Readings word = Readings.of(next.core());
      return List.of(
          head.then(forms.amount(amount, 'm').first(3)),
          word.then(of).then(currency.many()).or(word));
    }
    return List.of(head.then(forms.money(amount, currency).first(ranged ? 2 : 8)));
  }

  private List<Readings> suffixed(Readings head, Numeral number, String suffix, boolean ranged) {
    int most = ranged ? 2 : Readings.LIMIT;
    Noun currency = lexicon.currency(suffix);
    if (currency != null) {
      return List.of(head.then(forms.money(number, currency).first(most)));
    }
    Noun unit = lexicon.unit(suffix);
    if (unit != null) {
      Readings name = number.isOne() ? unit.one() : unit.many();
      return List.of(
          head.then(forms.amount(number, unit.gender()).first(2)).then(name).first(most * 2));
    }
    if (suffix.equals("+")) {
      return List.of(head.then(number(number).first(2)).then(lexicon.phrase("plus")));
    }
    if (suffix.equals("x") || suffix.equals("×") || suffix.equals("X")) {
      Readings times = lexicon.phrase(number.isOne() ? "timesOne" : "times");
      return List.of(
          head.then(number(number).first(1)).then(times.or(lexicon.letter("x").first(1))));
    }
    return List.of();
  }

  /** Number and unit, currency or magnitude as two words. */
  private List<Readings> apart(
      TokenLine line, int i, Readings head, Numeral number, boolean ranged) {
    Token next = line.at(i + 1);
    if (line.at(i).closed() || next.isEmpty()) {
      return List.of();
    }
    Noun currency = lexicon.currency(next.core());
    if (currency != null && (!next.hasLetter() || next.isUpperCase())) {
      Readings name = number.isOne() ? currency.one() : currency.many();
      Readings tail = forms.moneyTail(number, currency);
      if (tail.isEmpty()) {
        return List.of(head.then(forms.amount(number, currency.gender()).first(4)), name);
      }
      Readings whole = forms.counting(number.value(), currency.gender()).first(2);
      return List.of(
          head.then(whole.or(whole.first(1).then(tail.first(1))).or(forms.number(number))),
          name.first(2).then(tail.first(3)).or(name));
    }
    Noun unit = lexicon.unit(next.core());
    if (unit == null) {
      unit = lexicon.unit(next.withDot());
    }
    if (unit == null || unit.gluedOnly()) {
      return List.of();
    }
    Readings name = number.isOne() ? unit.one() : unit.many();
    return List.of(
        head.then(forms.amount(number, unit.gender()).first(ranged ? 2 : Readings.LIMIT)), name);
  }

  /** "k", "mio", "bn" written against a number. */
  private record Magnitude(Readings name, int length) {
    static Magnitude none() {
      return new Magnitude(Readings.none(), 0);
    }

    boolean found() {
      return length > 0;
    }
  }
}
