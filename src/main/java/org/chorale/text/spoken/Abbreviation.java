package org.chorale.text.spoken;

import java.util.ArrayList;
import java.util.List;

/**
 * An abbreviation of one or several written words.
 *
 * @param parts the words as written, full stops included
 * @param readings one for each part
 * @param context where it applies
 * @param ending whether its full stop may end a sentence as well
 */
record Abbreviation(List<String> parts, List<Readings> readings, Context context, Ending ending) {

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

  /**
   * Where the full stop of an abbreviation ends the sentence, the word after it not being small.
   */
  enum Ending {
    /** It says nothing: this is not the abbreviation. */
    NONE(null),
    /** Before any capital: "etc.". */
    BEFORE_CAPITAL("ends"),
    /** Before a word that is capitalised only where a sentence starts: "He left the U.S. Then". */
    BEFORE_COMMON_WORD("ends?"),
    /** Something has to follow: "Mr.", "e.g.". */
    NEVER("");

    private final String code;

    Ending(String code) {
      this.code = code;
    }

    private static Ending of(String code) {
      for (Ending ending : values()) {
        if (code.equals(ending.code)) {
          return ending;
        }
      }
      throw new IllegalStateException("unknown ending of an abbreviation: " + code);
    }
  }

  static Abbreviation of(String key, String value, String context, String ending) {
    List<Readings> readings = new ArrayList<>();
    for (String part : value.split(" \\+ ", -1)) {
      readings.add(part.equals("-") ? Readings.none() : Readings.of(part.split("\\|")));
    }
    List<String> parts = List.of(key.split(" "));
    if (parts.size() != readings.size()) {
      throw new IllegalStateException("abbreviation '%s' and its readings differ".formatted(key));
    }
    return new Abbreviation(parts, readings, Context.of(context), Ending.of(ending));
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

  /** What it says of the full stop of word {@code i}, if it is written from {@code start} on. */
  Ending endingAt(TokenLine line, int start, int i) {
    int part = i - start;
    if (part >= parts.size() || !parts.get(part).endsWith(".") || !matches(line, start)) {
      return Ending.NONE;
    }
    if (part < parts.size() - 1) {
      return Ending.NEVER;
    }
    return switch (context) {
      case ANY, BEFORE_NAME -> ending;
      case AFTER_NAME ->
          line.at(start - 1).isCapitalised() ? Ending.BEFORE_COMMON_WORD : Ending.NONE;
      case ONLY_BEFORE_NAME, ONLY_BEFORE_NUMBER, ONLY_AFTER_NUMBER ->
          fits(line, start) ? ending : Ending.NONE;
    };
  }

  /** Whether what it says counts before what others do that are written like it. */
  boolean isDecisive() {
    return isStrict() || context == Context.AFTER_NAME;
  }
}
