package org.chorale.text.spoken;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a language's rules know by heart, from the resource {@code <language>.tsv}. Immutable; safe
 * to share between threads.
 *
 * <p>A line of the resource is {@code kind TAB key TAB value [TAB more]}; lines that start with '#'
 * are comments; alternatives are parted by '|'. Kinds:
 *
 * <ul>
 *   <li>{@code phrase}: a word the rules need ("point", "minus"): key, alternatives
 *   <li>{@code letter}: a letter and its names
 *   <li>{@code symbol}: a character and what it is called
 *   <li>{@code abbr}: an abbreviation, its readings (of several words joined by " + ") the context
 *       that asks for it, and whether a sentence may end with it, see {@link Abbreviation}
 *   <li>{@code unit}, {@code currency}: see {@link Noun}
 *   <li>{@code month}: a name, its number
 *   <li>{@code denominator}: a number, singular, plural
 *   <li>{@code word}: a spelling that is spoken otherwise, its readings
 *   <li>{@code set}: a name and its members, parted by spaces; repeated lines add to it
 * </ul>
 */
final class Lexicon {

  private final Map<String, Map<String, String[]>> tables = new HashMap<>();
  private final Map<String, Set<String>> sets = new HashMap<>();
  private final Map<String, List<Abbreviation>> abbreviations = new HashMap<>();

  private Lexicon() {}

  /** The lexicon of a language, empty where there is none. */
  static Lexicon load(String language) {
    Lexicon lexicon = new Lexicon();
    String resource = "/org/chorale/text/spoken/" + language + ".tsv";
    try (InputStream in = Lexicon.class.getResourceAsStream(resource)) {
      if (in != null) {
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          if (!line.isBlank() && !line.startsWith("# ")) {
            lexicon.add(line);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + resource + " is broken", e);
    }
    return lexicon;
  }

  private void add(String line) {
    String[] columns = line.split("\t", -1);
    if (columns.length < 3) {
      throw new IllegalStateException("lexicon line without three columns: " + line);
    }
    String kind = columns[0];
    String key = columns[1];
    switch (kind) {
      case "set" ->
          Collections.addAll(
              sets.computeIfAbsent(key, k -> new TreeSet<>()), columns[2].split(" "));
      case "abbr" -> {
        Abbreviation abbreviation =
            Abbreviation.of(
                key,
                columns[2],
                columns.length > 3 ? columns[3] : "",
                columns.length > 4 ? columns[4] : "");
        abbreviations
            .computeIfAbsent(abbreviation.parts().get(0), k -> new ArrayList<>())
            .add(abbreviation);
      }
      default -> tables.computeIfAbsent(kind, k -> new HashMap<>()).put(key, columns);
    }
  }

  /** A column (2 = value) of an entry; null where there is none. */
  private String column(String kind, String key, int column) {
    String[] columns = tables.getOrDefault(kind, Map.of()).get(key);
    return columns == null || columns.length <= column || columns[column].isEmpty()
        ? null
        : columns[column];
  }

  private Readings alternatives(String kind, String key) {
    String value = column(kind, key, 2);
    return value == null ? Readings.none() : Readings.of(value.split("\\|"));
  }

  /** A word the rules need; nothing where the language has none. */
  Readings phrase(String key) {
    return alternatives("phrase", key);
  }

  /** The first alternative of a phrase, "" where there is none. */
  String text(String key) {
    String value = column("phrase", key, 2);
    return value == null ? "" : value.split("\\|")[0];
  }

  /** The names of a letter, in lower case. */
  Readings letter(String letter) {
    return alternatives("letter", letter);
  }

  /** Whether the language's letters have names here. */
  boolean hasLetters() {
    return tables.containsKey("letter");
  }

  /** What a character is called. */
  Readings symbol(String symbol) {
    return alternatives("symbol", symbol);
  }

  /** How an irregular spelling (lower case) is spoken. */
  Readings word(String word) {
    return alternatives("word", word);
  }

  /** Abbreviations whose first word is {@code first}, as written. */
  List<Abbreviation> abbreviations(String first) {
    return abbreviations.getOrDefault(first, List.of());
  }

  /** A unit of measure, as written; null where unknown. */
  Noun unit(String symbol) {
    return noun("unit", symbol);
  }

  /** A currency by symbol or code; null where unknown. */
  Noun currency(String symbol) {
    return noun("currency", symbol);
  }

  private Noun noun(String kind, String key) {
    String[] columns = tables.getOrDefault(kind, Map.of()).get(key);
    return columns == null ? null : Noun.of(columns);
  }

  /** 1 to 12 for a month's name or abbreviation in any case, 0 for anything else. */
  int month(String name) {
    String number = column("month", name.toLowerCase(Locale.ROOT), 2);
    return number == null ? 0 : Integer.parseInt(number);
  }

  /** The name of month 1 to 12. */
  Readings monthName(int month) {
    return alternatives("monthname", Integer.toString(month));
  }

  /** The name of the denominator of a fraction, plural where {@code many}. */
  Readings denominator(long number, boolean many) {
    String value = column("denominator", Long.toString(number), many ? 3 : 2);
    return value == null ? Readings.none() : Readings.of(value.split("\\|"));
  }

  /** Whether a set holds a member. */
  boolean has(String set, String member) {
    return sets.getOrDefault(set, Set.of()).contains(member);
  }

  /** Whether a word starts a sentence where it has a capital ("They", "They'd"). */
  boolean startsSentence(Token token) {
    String word = token.lower();
    int apostrophe = word.indexOf('\'');
    String stem = apostrophe > 0 ? word.substring(0, apostrophe) : word;
    return has("common", word) || has("starts", word) || has("common", stem);
  }

  /** The members of a set, sorted. */
  Set<String> set(String name) {
    return Collections.unmodifiableSet(sets.getOrDefault(name, Set.of()));
  }
}
