package org.chorale.pronunciation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reductions and full forms that speakers of a language choose freely, by rule. Immutable. */
final class SpokenVariants {

  private static final Set<String> VOWELS =
      Set.of(
          "i", "ɪ", "y", "u", "ʊ", "e", "ɛ", "ø", "œ", "o", "ɔ", "a", "ɑ", "æ", "ə", "ɜ", "ɚ", "ʌ",
          "ɐ", "ɨ", "ɑ̃", "ɔ̃", "ɛ̃", "ɐ̃");

  private final String language;

  SpokenVariants(String language) {
    this.language = language.toLowerCase(Locale.ROOT);
  }

  /**
   * The pronunciations of a word and what the rules make of them, without doubles, at most {@code
   * limit}.
   */
  List<List<String>> of(String word, List<List<String>> pronunciations, int limit) {
    Set<List<String>> out = new LinkedHashSet<>(pronunciations);
    if (language.equals("de")) {
      if (word.contains("ssch") && !word.endsWith("sschen")) {
        pronunciations.forEach(p -> out.add(withSch(p))); // Eisschrank: the teacher reads s-ch
      }
    }
    for (List<String> p : pronunciations) {
      int n = p.size();
      String last = p.get(n - 1);
      switch (language) {
        case "fr" -> {
          if (n > 1 && !VOWELS.contains(last)) {
            out.add(plus(p, "ə")); // e muet, spoken in verse and song and in the south
          } else if (n > 2 && last.equals("ə")) {
            out.add(p.subList(0, n - 1));
          }
        }
        case "de" -> {
          if (n > 3 && last.equals("n") && p.get(n - 2).equals("ə")) {
            List<String> stem = p.subList(0, n - 2);
            out.add(plus(stem, "n")); // haben: habn
            switch (stem.get(n - 3)) {
              case "b", "p" -> out.add(plus(stem, "m")); // habm
              case "ɡ", "k" -> out.add(plus(stem, "ŋ")); // legen: legng
              case "n", "m", "ŋ" -> out.add(stem); // können: könn
              default -> {}
            }
          } else if (n > 2 && last.equals("ə")) {
            out.add(p.subList(0, n - 1)); // konnte ich: konnt ich
          }
        }
        case "ru" -> {
          if (p.contains(
              "y")) { // ы: the teacher names it so, other recordings have it further back
            out.add(p.stream().map(x -> x.equals("y") ? "ɨ" : x).toList());
          }
        }
        case "nl" -> {
          if (n > 2 && last.equals("ə")) {
            out.add(plus(p, "n")); // lopen with and without its n
          } else if (n > 3 && last.equals("n") && p.get(n - 2).equals("ə")) {
            out.add(p.subList(0, n - 1));
          }
        }
        default -> {}
      }
    }
    return out.stream().limit(limit).map(List::copyOf).toList();
  }

  private static List<String> withSch(List<String> phones) {
    List<String> out = new ArrayList<>(phones);
    for (int i = 1; i < out.size(); i++) {
      if (out.get(i).equals("ç") && out.get(i - 1).equals("s")) {
        out.set(i, "ʃ");
      }
    }
    return out;
  }

  private static List<String> plus(List<String> phones, String phone) {
    List<String> out = new ArrayList<>(phones);
    out.add(phone);
    return out;
  }
}
