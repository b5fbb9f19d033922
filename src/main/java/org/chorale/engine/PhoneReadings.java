package org.chorale.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.chorale.align.Reading;
import org.chorale.model.ModelException;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;
import org.chorale.text.Word;

/** How the words of a text may be spoken, in classes of one acoustic model. Thread-safe. */
public final class PhoneReadings {

  private final Pronouncer pronouncer;
  private final Map<String, Integer> phoneIndex = new HashMap<>();

  /**
   * Readings by a pronouncer.
   *
   * @param phones symbols of the acoustic model's classes; every phone of the pronouncer is one
   */
  public PhoneReadings(Pronouncer pronouncer, List<String> phones) {
    this.pronouncer = pronouncer;
    for (int i = 0; i < phones.size(); i++) {
      phoneIndex.put(phones.get(i), i);
    }
  }

  /**
   * The readings of every word of a text; none for what is not spoken.
   *
   * @throws ModelException when a lexicon is broken
   */
  public List<List<Reading>> of(Document document) throws ModelException {
    Map<String, List<List<String>>> phones =
        pronouncer.pronounce(WordReadings.spokenWords(document), document.language());
    Map<String, List<int[]>> classes = new HashMap<>();
    phones.forEach(
        (word, variants) ->
            classes.put(
                word,
                variants.stream()
                    .map(p -> p.stream().mapToInt(this::phoneClass).toArray())
                    .toList()));
    return WordReadings.of(document, classes);
  }

  /**
   * Whether a word of a text, at least, is in a script that can be pronounced.
   *
   * @throws ModelException when a lexicon is broken
   */
  boolean canRead(Document document) throws ModelException {
    for (Word word : document.words()) {
      for (List<String> reading : word.readings()) {
        if (pronouncer.pronounce(reading, document.language()).values().stream()
            .anyMatch(p -> !p.isEmpty())) {
          return true;
        }
      }
    }
    return false;
  }

  private int phoneClass(String symbol) {
    Integer index = phoneIndex.get(symbol);
    if (index == null) {
      throw new IllegalStateException(
          "The pronunciation model speaks '%s', which the acoustic model does not know"
              .formatted(symbol));
    }
    return index;
  }
}
