package org.chorale.text.spoken;

import java.util.ArrayList;
import java.util.List;

/**
 * An abbreviation of one or several written words.
 *
 * @param parts the words as written, full stops included
 * @param readings one for each part
 * @param context where it applies
 */
record Abbreviation(List<String> parts, List<Readings> readings, Context context) {

  /** Where an abbreviation means what it says. */
  enum Context {
    /** Anywhere. */
    ANY(""),
    /** Before a capitalised word: "Dr. Smith". Elsewhere it is a late alternative. */
    BEFORE_NAME("name"),
    /** After a capitalised word: "Main St.". Elsewhere it is a late alternative. */
    AFTER_NAME("aftername"),
    /** Only before a capitalised word: the French "M." is an initial otherwise. */
    ONLY_BEFORE_NAME("name!"),
    /** Only before a number: "No. 5". */
    ONLY_BEFORE_NUMBER("num!"),
    /** Only after a number: "5 min.". */
    ONLY_AFTER_NUMBER("afternum!");

    private final String code;

    Context(String code) {
      this.code = code;
    }

    private static Context of(String code) {
      for (Context context : values()) {
        if (context.code.equals(code)) {
          return context;
        }
      }
      throw new IllegalStateException("unknown context of an abbreviation: " + code);
    }
  }

  static Abbreviation of(String key, String value, String context) {
    List<Readings> readings = new ArrayList<>();
    for (String part : value.split(" \\+ ", -1)) {
      readings.add(part.equals("-") ? Readings.none() : Readings.of(part.split("\\|")));
    }
    List<String> parts = List.of(key.split(" "));
    if (parts.size() != readings.size()) {
      throw new IllegalStateException("abbreviation '%s' and its readings differ".formatted(key));
    }
    return new Abbreviation(parts, readings, Context.of(context));
  }

  /** Whether the words from {@code i} on are this abbreviation, whatever is around them. */
  boolean matches(TokenLine line, int i) {
    for (int k = 0; k < parts.size(); k++) {
      Token token = line.at(i + k);
      if (!parts.get(k).equals(token.withDot())
          && !(parts.get(k).equals(token.core()) && !token.core().isEmpty())) {
        return false;
      }
    }
    return true;
  }

  /** Whether its context asks for it. */
  boolean fits(TokenLine line, int i) {
    Token before = line.at(i - 1);
    Token after = line.at(i + parts.size());
    return switch (context) {
      case ANY -> true;
      case BEFORE_NAME, ONLY_BEFORE_NAME -> after.isCapitalised() && !line.at(i).closed();
      case AFTER_NAME -> before.isCapitalised() && !after.isCapitalised();
      case ONLY_BEFORE_NUMBER ->
          after.startsWithDigit() || (after.isUpperCase() && Roman.isNumeral(after.core()));
      case ONLY_AFTER_NUMBER -> before.hasDigit();
    };
  }

  boolean isStrict() {
    return switch (context) {
      case ONLY_BEFORE_NAME, ONLY_BEFORE_NUMBER, ONLY_AFTER_NUMBER -> true;
      case ANY, BEFORE_NAME, AFTER_NAME -> false;
    };
  }
}
