package org.chorale.pronunciation;

import com.fasterxml.jackson.databind.JsonNode;
import com.ibm.icu.text.Transliterator;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;

/**
 * Pronounces spoken words: from the lexicon of the language where they stand, otherwise letter by
 * letter through the net, in every standard of the language. Languages without a model of their own
 * are romanised and read by the letter values of a neighbour: a makeshift, see {@link #supports}.
 * Thread-safe.
 */
public final class Pronouncer implements AutoCloseable {

  private static final int MAX_VARIANTS = 10;

  private final ModelFolder folder;
  private final LetterToPhoneModel model;
  private final Map<String, List<String>> voicesOf;
  private final Map<String, Set<Integer>> lettersOf;
  private final Map<String, String> neighbours;
  private final String fallbackLanguage;
  private final String foreignLanguage;
  private final Map<String, Lexicon> lexica = new ConcurrentHashMap<>();

  private Pronouncer(
      ModelFolder folder,
      LetterToPhoneModel model,
      Map<String, List<String>> voicesOf,
      Map<String, Set<Integer>> lettersOf) {
    this.folder = folder;
    this.model = model;
    this.voicesOf = voicesOf;
    this.lettersOf = lettersOf;
    JsonNode json = folder.manifest().json();
    this.neighbours = new HashMap<>();
    json.path("neighbours")
        .properties()
        .forEach(e -> neighbours.put(e.getKey(), e.getValue().asText()));
    this.fallbackLanguage = json.path("fallbackLanguage").asText();
    this.foreignLanguage = json.path("foreignLanguage").asText(fallbackLanguage);
  }

  /**
   * Loads the net; lexica are loaded when their language is first asked for.
   *
   * @throws ModelException when the model is missing or broken
   */
  public static Pronouncer load(ModelFolder folder, OrtRuntime runtime) throws ModelException {
    Map<String, List<String>> voices = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry :
        folder.manifest().json().path("voicesOf").properties()) {
      List<String> names = new ArrayList<>();
      entry.getValue().forEach(n -> names.add(n.asText()));
      voices.put(entry.getKey(), List.copyOf(names));
    }
    Map<String, Set<Integer>> letters = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry :
        folder.manifest().json().path("lettersOf").properties()) {
      letters.put(
          entry.getKey(),
          entry.getValue().asText().codePoints().boxed().collect(Collectors.toUnmodifiableSet()));
    }
    Pronouncer pronouncer =
        new Pronouncer(folder, LetterToPhoneModel.load(folder, runtime), voices, letters);
    List<String> read = new ArrayList<>(pronouncer.neighbours.values());
    read.add(pronouncer.fallbackLanguage);
    read.add(pronouncer.foreignLanguage);
    if (!voices.keySet().containsAll(read) || !letters.keySet().equals(voices.keySet())) {
      pronouncer.close();
      throw folder.broken("voicesOf or lettersOf lacks a language");
    }
    return pronouncer;
  }

  /**
   * Whether a language (primary tag) has a model of its own. Where not, what is said of its words
   * is a guess by the letter values of {@link #readAs}.
   */
  public boolean supports(String language) {
    return voicesOf.containsKey(language);
  }

  /** The language whose letter values a language is read by: itself, if it is supported. */
  public String readAs(String language) {
    return supports(language) ? language : neighbours.getOrDefault(language, fallbackLanguage);
  }

  /**
   * Pronounces words.
   *
   * @param words spoken words, lower case
   * @param language primary language tag
   * @return per word its pronunciations in symbols of the phone inventory, most common first; an
   *     empty list for a word that nothing can be made of
   * @throws ModelException when the lexicon is missing or damaged
   */
  public Map<String, List<List<String>>> pronounce(Collection<String> words, String language)
      throws ModelException {
    String own = readAs(language);
    Lexicon lexicon = lexicon(own);
    Map<String, Set<List<String>>> found = new LinkedHashMap<>();
    Map<String, String> unknown = new LinkedHashMap<>();
    List<String> foreign = new ArrayList<>();
    for (String word : words) {
      String spelled = spelling(word, own);
      Set<List<String>> pronunciations = new LinkedHashSet<>(lexicon.pronunciations(spelled));
      found.put(word, pronunciations);
      if (pronunciations.isEmpty() && isForeign(word, own)) {
        foreign.add(word);
      } else if (pronunciations.isEmpty()) {
        unknown.put(word, readable(spelled, own));
      }
    }
    if (!foreign.isEmpty()) {
      pronounce(foreign, foreignLanguage).forEach((word, p) -> found.get(word).addAll(p));
    }
    for (String voice : voicesOf.get(own)) {
      List<String> letters = List.copyOf(unknown.values());
      List<List<String>> phones = model.pronounce(letters, voice);
      int i = 0;
      for (String word : unknown.keySet()) {
        if (!phones.get(i).isEmpty()) {
          found.get(word).add(phones.get(i));
        }
        i++;
      }
    }
    SpokenVariants variants = new SpokenVariants(own);
    Map<String, List<List<String>>> out = new LinkedHashMap<>();
    found.forEach((word, p) -> out.put(word, variants.of(word, List.copyOf(p), MAX_VARIANTS)));
    return out;
  }

  private Lexicon lexicon(String language) throws ModelException {
    Lexicon lexicon = lexica.get(language);
    if (lexicon == null) {
      lexicon = Lexicon.load(folder, "lexicon-" + language + ".tsv.gz");
      lexica.put(language, lexicon);
    }
    return lexicon;
  }

  /** Two spellings of one letter are one to the net. */
  private static String spelling(String word, String language) {
    return language.equals("ro") ? word.replace('ş', 'ș').replace('ţ', 'ț') : word;
  }

  /** Whether a word is in Latin letters, and the language is not: "Windows" in a Russian text. */
  private boolean isForeign(String word, String language) {
    return !lettersOf.get(language).contains((int) 'a')
        && !language.equals(foreignLanguage)
        && word.codePoints()
            .filter(Character::isLetter)
            .allMatch(c -> UnicodeScript.of(c) == UnicodeScript.LATIN);
  }

  /** The word in letters of the language; others are romanised. */
  private String readable(String word, String language) {
    Set<Integer> letters = lettersOf.get(language);
    if (letters.containsAll(word.codePoints().boxed().toList())) {
      return word;
    }
    // Not shared: a Transliterator is not documented as safe for use by several threads at a time.
    String latin = Transliterator.getInstance("Any-Latin; Lower; NFC").transliterate(word);
    StringBuilder out = new StringBuilder();
    Transliterator ascii = Transliterator.getInstance("Latin-ASCII; Lower");
    latin
        .codePoints()
        .forEach(
            c -> {
              String letter = Character.toString(c);
              out.append(letters.contains(c) ? letter : ascii.transliterate(letter));
            });
    return out.toString();
  }

  @Override
  public void close() {
    model.close();
  }
}
