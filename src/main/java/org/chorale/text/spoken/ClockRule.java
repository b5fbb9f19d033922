package org.chorale.text.spoken;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times of day: "10:30", "3pm", "10h30", "10.30 Uhr". */
final class ClockRule implements TokenRule {

  private static final Pattern CLOCK =
      Pattern.compile("(\\d{1,2})([:.hH])(\\d{2})(?:[:.](\\d{2}))?(am|pm|a\\.m|p\\.m|AM|PM|h)?");
  private static final Pattern HALF_DAY = Pattern.compile("(\\d{1,2})(am|pm|a\\.m|p\\.m|AM|PM)");
  private static final Pattern COLONS = Pattern.compile("\\d+(?::\\d+)+");

  private final SpokenForms forms;

  ClockRule(SpokenForms forms) {
    this.forms = forms;
  }

  @Override
  public List<Readings> apply(TokenLine line, int i) {
    String core = line.at(i).core();
    Matcher half = HALF_DAY.matcher(core);
    if (half.matches() && Integer.parseInt(half.group(1)) <= 24) {
      int hour = Integer.parseInt(half.group(1));
      return List.of(forms.cardinal(hour).first(1).then(halfDay(half.group(2))));
    }
    Matcher clock = CLOCK.matcher(core);
    if (clock.matches() && isTime(clock, line, i)) {
      return clock(clock, line, i);
    }
    if (COLONS.matcher(core).matches()) {
      return List.of(ratio(core.split(":")));
    }
    return List.of();
  }

  private boolean isTime(Matcher clock, TokenLine line, int i) {
    if (Integer.parseInt(clock.group(1)) > 24 || Integer.parseInt(clock.group(3)) > 59) {
      return false;
    }
    if (!clock.group(2).equals(".")) {
      return true;
    }
    // "10.30" is a decimal or a date unless something says it is a time.
    return clock.group(5) != null
        || isHourWord(line.at(i + 1))
        || forms.lexicon().has("beforeTime", line.at(i - 1).lower());
  }

  private List<Readings> clock(Matcher clock, TokenLine line, int i) {
    int hour = Integer.parseInt(clock.group(1));
    int minute = Integer.parseInt(clock.group(3));
    if (isHourWord(line.at(i + 1)) && clock.group(5) == null) {
      // Spoken "zehn Uhr dreißig": the hour word comes before the minutes.
      Readings hours = forms.counting(hour, 'f').first(1);
      Readings word = Readings.of(line.at(i + 1).core());
      Readings minutes = forms.minutesAfterHourWord(minute);
      return minutes.isEmpty()
          ? List.of(hours, word)
          : List.of(hours.or(forms.clock(hour, minute).first(3)), word.then(minutes).or(word));
    }
    Readings time = forms.clock(hour, minute);
    if (clock.group(4) != null) {
      Readings seconds = forms.cardinal(Integer.parseInt(clock.group(4))).first(1);
      time =
          forms
              .cardinal(hour)
              .first(1)
              .then(forms.cardinal(minute).first(1))
              .then(seconds)
              .or(time.first(1).then(forms.lexicon().phrase("and").first(1)).then(seconds));
    } else if (clock.group(2).equals(":")) {
      // A score or a verse: "ten thirty", "two one".
      time = time.first(6).or(ratio(new String[] {clock.group(1), clock.group(3)}).first(2));
    }
    String suffix = clock.group(5);
    if (suffix != null && !suffix.equals("h")) {
      time = time.first(3).then(halfDay(suffix));
    }
    return List.of(time);
  }

  private Readings ratio(String[] parts) {
    Readings plain = Readings.none();
    Readings linked = Readings.none();
    for (String part : parts) {
      Numeral number = new Numeral(part, "", true, false);
      Readings one = number.hasValue() ? forms.cardinal(number.value()) : forms.digits(part);
      linked = linked.isEmpty() ? one.first(1) : linked.then(link()).then(one.first(1));
      plain = plain.then(one.first(1));
    }
    return linked.or(plain);
  }

  private Readings link() {
    return forms.lexicon().phrase("ratio").first(1);
  }

  private Readings halfDay(String written) {
    String key = written.replace(".", "").toLowerCase(Locale.ROOT);
    return forms.lexicon().phrase(key);
  }

  private boolean isHourWord(Token token) {
    return forms.lexicon().has("hourWord", token.core());
  }
}
