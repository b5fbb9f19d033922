package org.chorale.engine;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.chorale.align.Reading;
import org.chorale.text.Document;
import org.chorale.text.Word;

/** The readings of a text in classes of an acoustic model. */
final class WordReadings {

  private WordReadings() {}

  /** Every spoken word of a text, in order of appearance. */
  static Set<String> spokenWords(Document document) {
    Set<String> spoken = new LinkedHashSet<>();
    for (Word word : document.words()) {
      word.readings().forEach(spoken::addAll);
    }
    return spoken;
  }

  /**
   * Per word of a text its readings; spoken words without classes are left out of them.
   *
   * @param classes per spoken word its pronunciations or spellings
   */
  static List<List<Reading>> of(Document document, Map<String, List<int[]>> classes) {
    List<List<Reading>> out = new ArrayList<>();
    for (Word word : document.words()) {
      List<Reading> readings = new ArrayList<>();
      for (List<String> reading : word.readings()) {
        List<List<int[]>> chain =
            reading.stream().map(classes::get).filter(p -> !p.isEmpty()).toList();
        if (!chain.isEmpty()) {
          readings.add(new Reading(chain));
        }
      }
      out.add(readings);
    }
    return out;
  }
}
