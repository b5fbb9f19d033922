package org.chorale.synth;

import java.util.List;

/**
 * What is spoken at one go.
 *
 * @param firstWord index of its first word in the text
 * @param words for every word of it, its phones; none for one that is not spoken
 * @param stops for every word of it, what a reader does after it
 * @param ends whether it ends the sentence; a sentence too long for one go is cut
 */
record Sentence(int firstWord, List<List<String>> words, List<Stop> stops, boolean ends) {

  /** What a reader does after a word; in the order of the model's features. */
  enum Stop {
    NONE,
    COMMA,
    FULL,
    QUESTION
  }

  Sentence {
    words = words.stream().map(List::copyOf).toList();
    stops = List.copyOf(stops);
    if (words.size() != stops.size() || words.isEmpty()) {
      throw new IllegalArgumentException("words " + words.size() + ", stops " + stops.size());
    }
  }

  boolean isSpoken() {
    return words.stream().anyMatch(p -> !p.isEmpty());
  }
}
