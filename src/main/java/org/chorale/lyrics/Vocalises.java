package org.chorale.lyrics;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.chorale.align.Reading;
import org.chorale.text.Document;
import org.chorale.text.Word;

/**
 * How syllables without a meaning are sung: "ooh", "aaah", "hey", "mmm". Lyrics sheets spell them
 * the English way in every language, with as many letters as the writer liked, so that the letter
 * values of the language say something else. Immutable.
 */
final class Vocalises {

  private record Vocalise(Pattern spelling, List<List<String>> sung) {}

  private static final List<Vocalise> ALL =
      List.of(
          vocalise("a{2,}h*|a+h+", "a", "ɑ"),
          vocalise("h+a+h+", "h a", "a"),
          vocalise("o{2,}h*", "u", "o"),
          vocalise("oh+", "o", "o ʊ"),
          vocalise("uh+", "a", "ʌ", "u"),
          vocalise("u{2,}h*|h+u{2,}h*", "u", "h u"),
          vocalise("e+h+", "e", "e ɪ"),
          vocalise("h+e+y+", "h e ɪ", "e ɪ", "h e", "e"),
          vocalise("ye+a+h*a*|ya+h+", "j ɛ", "j ɛ a", "j a"),
          vocalise("w+h*o+a*h+|who+a+", "w o", "w o ʊ", "o", "w o a"),
          vocalise("m{2,}|h+m+", "m"));

  private Vocalises() {}

  private static Vocalise vocalise(String spelling, String... sung) {
    List<List<String>> ways = new ArrayList<>();
    for (String way : sung) {
      ways.add(List.of(way.split(" ")));
    }
    return new Vocalise(Pattern.compile(spelling), List.copyOf(ways));
  }

  /**
   * Adds to the readings of a text those of its vocalises, before the others.
   *
   * @param readings per word of the document
   * @param symbols of the model's classes
   */
  static List<List<Reading>> added(
      Document document, List<List<Reading>> readings, List<String> symbols) {
    List<List<Reading>> out = new ArrayList<>(readings);
    for (int w = 0; w < out.size(); w++) {
      Word word = document.words().get(w);
      if (!out.get(w).isEmpty()) {
        out.set(w, added(word.text(), out.get(w), symbols));
      }
    }
    return out;
  }

  /** Whether a word of a lyrics sheet is nothing but vocalises. */
  static boolean isVocalise(String word) {
    List<String> parts = parts(word);
    return !parts.isEmpty()
        && parts.stream()
            .allMatch(p -> ALL.stream().anyMatch(v -> v.spelling().matcher(p).matches()));
  }

  private static List<String> parts(String word) {
    return Pattern.compile("[^\\p{L}]+")
        .splitAsStream(word.toLowerCase(Locale.ROOT))
        .filter(p -> !p.isEmpty())
        .toList();
  }

  private static List<Reading> added(String word, List<Reading> readings, List<String> symbols) {
    if (!isVocalise(word)) {
      return readings;
    }
    List<List<int[]>> syllables = parts(word).stream().map(p -> ways(p, symbols)).toList();
    if (syllables.stream().anyMatch(List::isEmpty)) {
      return readings; // a model without these phones
    }
    List<Reading> out = new ArrayList<>();
    out.add(new Reading(syllables));
    out.addAll(readings);
    return out;
  }

  private static List<int[]> ways(String part, List<String> symbols) {
    Set<List<String>> ways = new LinkedHashSet<>();
    for (Vocalise vocalise : ALL) {
      if (vocalise.spelling().matcher(part).matches()) {
        ways.addAll(vocalise.sung());
      }
    }
    return ways.stream()
        .filter(symbols::containsAll)
        .map(way -> way.stream().mapToInt(symbols::indexOf).toArray())
        .toList();
  }
}
