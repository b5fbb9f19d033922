package org.chorale.pronunciation;

import com.fasterxml.jackson.databind.JsonNode;
import com.ibm.icu.text.Transliterator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;

/**
 * Pronounces spoken words: from the lexicon of the language where they stand, otherwise letter by
 * letter through the net, in every standard of the language. Languages and scripts without a model
 * of their own are romanised and read by the letter values of a neighbour. Thread-safe.
 */
public final class Pronouncer implements AutoCloseable {

  private static final int MAX_VARIANTS = 10;

  private final ModelFolder folder;
  private final LetterToPhoneModel model;
  private final Map<String, List<String>> voicesOf;
  private final String fallbackLanguage;
  private final Map<String, Lexicon> lexica = new ConcurrentHashMap<>();

  private Pronouncer(
      ModelFolder folder,
      LetterToPhoneModel model,
      Map<String, List<String>> voicesOf,
      String fallbackLanguage) {
    this.folder = folder;
    this.model = model;
    this.voicesOf = voicesOf;
    this.fallbackLanguage = fallbackLanguage;
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
    String fallback = folder.manifest().json().path("fallbackLanguage").asText();
    if (!voices.containsKey(fallback)) {
      throw folder.broken("voicesOf or fallbackLanguage is missing");
    }
    return new Pronouncer(folder, LetterToPhoneModel.load(folder, runtime), voices, fallback);
  }

  /** Whether a language (primary tag) has a model of its own. */
  public boolean supports(String language) {
    return voicesOf.containsKey(language);
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
    String own = voicesOf.containsKey(language) ? language : fallbackLanguage;
    Lexicon lexicon = lexicon(own);
    Map<String, Set<List<String>>> found = new LinkedHashMap<>();
    Map<String, String> unknown = new LinkedHashMap<>();
    for (String word : words) {
      Set<List<String>> pronunciations = new LinkedHashSet<>(lexicon.pronunciations(word));
      found.put(word, pronunciations);
      if (pronunciations.isEmpty()) {
        unknown.put(word, readable(word));
      }
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

  /** The word in letters that the net knows; others are romanised. */
  private String readable(String word) {
    if (word.codePoints().allMatch(model::knows)) {
      return word;
    }
    // Not shared: a Transliterator is not documented as safe for use by several threads at a time.
    String latin = Transliterator.getInstance("Any-Latin; Latin-ASCII; Lower").transliterate(word);
    return latin.toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    model.close();
  }
}
