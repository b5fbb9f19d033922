package org.chorale.acoustic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The phones-in-context of one text: every phone between the one before and the one after it, each
 * once, as a model with a text encoder wants them. Number 0 is silence. Not thread-safe while it is
 * filled.
 */
public final class PhoneContexts {

  private record Triple(int before, int phone, int after) {}

  private final int silence;
  private final Map<Triple, Integer> numbers = new HashMap<>();
  private final List<Triple> triples = new ArrayList<>();

  /**
   * Nothing but silence.
   *
   * @param silence class of silence
   */
  public PhoneContexts(int silence) {
    this.silence = silence;
    number(silence, silence, silence);
  }

  /**
   * The number of a phone between two others; a new one, if it was not met before.
   *
   * @param before class of the phone before, silence at the beginning of a line
   * @param after class of the phone after, silence at the end of a line
   */
  public int number(int before, int phone, int after) {
    return numbers.computeIfAbsent(
        new Triple(before, phone, after),
        triple -> {
          triples.add(triple);
          return triples.size() - 1;
        });
  }

  /** How many there are, silence among them. */
  public int size() {
    return triples.size();
  }

  /** Class of silence. */
  public int silence() {
    return silence;
  }

  /** Class of the phone in the middle. */
  public int phone(int number) {
    return triples.get(number).phone();
  }

  /** All of them, row by row: before, phone, after. */
  long[] rows() {
    long[] rows = new long[3 * triples.size()];
    for (int k = 0; k < triples.size(); k++) {
      Triple triple = triples.get(k);
      rows[3 * k] = triple.before();
      rows[3 * k + 1] = triple.phone();
      rows[3 * k + 2] = triple.after();
    }
    return rows;
  }
}
