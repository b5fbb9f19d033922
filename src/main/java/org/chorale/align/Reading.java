package org.chorale.align;

import java.util.List;

/**
 * One way to speak a word of the text: one or more spoken words in a row ("3.50": three, fifty),
 * each with its pronunciations.
 *
 * @param spokenWords per spoken word its pronunciations, at least one each; a pronunciation is a
 *     row of class indices of the acoustic model, not empty
 */
public record Reading(List<List<int[]>> spokenWords) {

  /** Checks that there is something to say. */
  public Reading {
    spokenWords = List.copyOf(spokenWords);
    if (spokenWords.isEmpty()
        || spokenWords.stream()
            .anyMatch(w -> w.isEmpty() || w.stream().anyMatch(p -> p.length == 0))) {
      throw new IllegalArgumentException("a reading says something");
    }
  }
}
