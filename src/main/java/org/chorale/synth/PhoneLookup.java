package org.chorale.synth;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.chorale.model.ModelException;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;
import org.chorale.text.Word;

/** The phones of a text's words, looked up some words ahead. Not thread-safe. */
final class PhoneLookup implements SentenceCutter.Phones {

  private static final int AHEAD = 60;

  private final Document document;
  private final Pronouncer pronouncer;
  private final String language;
  private Map<String, List<List<String>>> known = Map.of();
  private int until;

  PhoneLookup(Document document, Pronouncer pronouncer, String language) {
    this.document = document;
    this.pronouncer = pronouncer;
    this.language = language;
  }

  @Override
  public List<String> of(int word) throws ModelException {
    if (word >= until) {
      until = Math.min(document.words().size(), word + AHEAD);
      Set<String> spoken = new LinkedHashSet<>();
      for (Word w : document.words().subList(word, until)) {
        if (w.isSpoken()) {
          spoken.addAll(w.readings().get(0));
        }
      }
      known = pronouncer.pronounce(spoken, language);
    }
    List<String> out = new ArrayList<>();
    Word written = document.words().get(word);
    if (written.isSpoken()) {
      for (String spoken : written.readings().get(0)) {
        known.getOrDefault(spoken, List.of()).stream().findFirst().ifPresent(out::addAll);
      }
    }
    return out;
  }
}
