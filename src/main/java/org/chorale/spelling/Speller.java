package org.chorale.spelling;

import com.ibm.icu.text.Transliterator;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Spells spoken words with the tokens of a vocabulary, characters or pieces of words. Letters are
 * fitted to the vocabulary: as they are, in the other case, without their marks; what it does not
 * hold is left out. Where the vocabulary has pieces that begin words ("▁the"), every word begins
 * with one. Immutable and thread-safe.
 */
public final class Speller {

  /** What sentencepiece writes for the space before a word. */
  private static final String WORD_START = "\u2581";

  /** What a letter that no piece covers costs, in pieces. */
  private static final int LEFT_OUT = 1000;

  private final Map<String, Integer> idOf = new HashMap<>();
  private final Set<Integer> alphabet = new HashSet<>();
  private final String prefix;
  private final int longest;
  private final String romanisation;

  /**
   * A speller.
   *
   * @param tokens the vocabulary in the order of the model's classes; for pieces this is the order
   *     in which they were merged, as sentencepiece numbers them
   * @param silent indices of tokens that spell nothing: blank, word separator
   * @param romanisation ICU transliteration for words whose letters the vocabulary does not have;
   *     null for none
   * @throws IllegalArgumentException when ICU knows no such transliteration
   */
  public Speller(List<String> tokens, Set<Integer> silent, String romanisation) {
    int most = 1;
    boolean pieces = false;
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      if (silent.contains(i) || token.isEmpty() || isMarkup(token)) {
        continue;
      }
      idOf.putIfAbsent(token, i);
      token.codePoints().forEach(alphabet::add);
      most = Math.max(most, token.length());
      pieces |= token.startsWith(WORD_START) && token.length() > 1;
    }
    this.prefix = pieces ? WORD_START : "";
    this.longest = most;
    this.romanisation = romanisation;
    if (romanisation != null) {
      Transliterator.getInstance(romanisation);
    }
  }

  /** Tokens like {@code <unk>} and {@code [PAD]} stand for no letters. */
  private static boolean isMarkup(String token) {
    return token.length() > 2
        && ((token.startsWith("<") && token.endsWith(">"))
            || (token.startsWith("[") && token.endsWith("]")));
  }

  /**
   * Spells words.
   *
   * @param words spoken words, lower case
   * @return per word its spellings as rows of token indices, likeliest first; none where the
   *     vocabulary has not one of its letters
   */
  public Map<String, List<int[]>> spell(Collection<String> words) {
    // Not shared: a Transliterator is not documented as safe for use by several threads at a time.
    Transliterator romaniser =
        romanisation == null ? null : Transliterator.getInstance(romanisation);
    Map<String, List<int[]>> out = new LinkedHashMap<>();
    for (String word : words) {
      out.put(word, spellings(word, romaniser));
    }
    return out;
  }

  private List<int[]> spellings(String word, Transliterator romaniser) {
    String readable = word;
    if (romaniser != null && !word.codePoints().allMatch(c -> fitted(c) >= 0)) {
      readable = romaniser.transliterate(word);
    }
    String letters = fitted(readable);
    if (letters.isEmpty()) {
      return List.of();
    }
    Set<List<Integer>> rows = new LinkedHashSet<>();
    for (String form : forms(letters)) {
      rows.add(merged(prefix + form));
      rows.add(fewest(prefix + form));
    }
    return rows.stream()
        .filter(row -> row.stream().anyMatch(id -> !isPrefix(id)))
        .map(row -> row.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  private boolean isPrefix(int id) {
    Integer alone = idOf.get(WORD_START);
    return alone != null && alone == id;
  }

  /** The word, and with a capital where the vocabulary tells capitals from small letters. */
  private List<String> forms(String letters) {
    int first = letters.codePointAt(0);
    int capital = Character.toTitleCase(first);
    if (capital == first || !alphabet.contains(capital)) {
      return List.of(letters);
    }
    return List.of(
        letters, Character.toString(capital) + letters.substring(Character.charCount(first)));
  }

  private String fitted(String word) {
    StringBuilder out = new StringBuilder();
    Normalizer.normalize(word, Normalizer.Form.NFC)
        .codePoints()
        .forEach(
            c -> {
              int known = fitted(c);
              if (known >= 0) {
                out.appendCodePoint(known);
                return;
              }
              // Marks that the vocabulary has stay, as letters of their own; others go.
              Normalizer.normalize(Character.toString(c), Normalizer.Form.NFD)
                  .codePoints()
                  .map(this::fitted)
                  .filter(part -> part >= 0)
                  .forEach(out::appendCodePoint);
            });
    return out.toString();
  }

  /** The character as the vocabulary has it, in this case or the other; -1 when it has not. */
  private int fitted(int c) {
    if (alphabet.contains(c)) {
      return c;
    }
    int upper = Character.toUpperCase(c);
    if (alphabet.contains(upper)) {
      return upper;
    }
    int lower = Character.toLowerCase(c);
    return alphabet.contains(lower) ? lower : -1;
  }

  /** As byte-pair encoding does it: neighbours are merged, the pair of the lowest index first. */
  private List<Integer> merged(String word) {
    List<String> parts = new ArrayList<>();
    word.codePoints().forEach(c -> parts.add(Character.toString(c)));
    while (true) {
      int at = -1;
      int lowest = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < parts.size(); i++) {
        Integer id = idOf.get(parts.get(i) + parts.get(i + 1));
        if (id != null && id < lowest) {
          lowest = id;
          at = i;
        }
      }
      if (at < 0) {
        break;
      }
      parts.set(at, parts.get(at) + parts.remove(at + 1));
    }
    return parts.stream().filter(idOf::containsKey).map(idOf::get).toList();
  }

  /** The fewest pieces that make up the word, long ones first; near what a unigram model does. */
  private List<Integer> fewest(String word) {
    int n = word.length();
    int[] cost = new int[n + 1];
    int[] end = new int[n + 1];
    for (int i = n - 1; i >= 0; i--) {
      cost[i] = cost[i + 1] + LEFT_OUT;
      end[i] = i + 1;
      for (int j = Math.min(n, i + longest); j > i; j--) {
        if (idOf.containsKey(word.substring(i, j)) && cost[j] + 1 < cost[i]) {
          cost[i] = cost[j] + 1;
          end[i] = j;
        }
      }
    }
    List<Integer> out = new ArrayList<>();
    for (int i = 0; i < n; i = end[i]) {
      Integer id = idOf.get(word.substring(i, end[i]));
      if (id != null) {
        out.add(id);
      }
    }
    return out;
  }
}
