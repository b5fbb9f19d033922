package org.chorale.text.spoken;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The ways something may be spoken, most likely first, without repeats and at most {@link #LIMIT}.
 * Each is a list of lower-case spoken words. Immutable.
 */
public final class Readings {

  /** The most alternatives kept; each of them costs the aligner a branch. */
  public static final int LIMIT = 8;

  private static final Readings NONE = new Readings(List.of());

  private final List<List<String>> alternatives;

  private Readings(List<List<String>> alternatives) {
    this.alternatives = alternatives;
  }

  /** Nothing is spoken. */
  public static Readings none() {
    return NONE;
  }

  /** One alternative a phrase; phrases without a letter are left out. */
  public static Readings of(String... phrases) {
    return ofAll(Arrays.asList(phrases));
  }

  /** One alternative a phrase; phrases without a letter are left out. */
  public static Readings ofAll(Iterable<String> phrases) {
    List<List<String>> all = new ArrayList<>();
    for (String phrase : phrases) {
      all.add(SpokenWords.split(phrase));
    }
    return limited(all);
  }

  /** These alternatives, then the others. */
  public Readings or(Readings others) {
    if (others.isEmpty()) {
      return this;
    }
    List<List<String>> all = new ArrayList<>(alternatives);
    all.addAll(others.alternatives);
    return limited(all);
  }

  /** These alternatives, then the phrases. */
  public Readings or(String... phrases) {
    return or(of(phrases));
  }

  /**
   * Every alternative followed by every one of the next, likely pairs first. Where one side is
   * empty the other stands alone.
   */
  public Readings then(Readings next) {
    if (isEmpty()) {
      return next;
    }
    if (next.isEmpty()) {
      return this;
    }
    List<List<String>> all = new ArrayList<>();
    int left = alternatives.size();
    int right = next.alternatives.size();
    // Diagonals: the sum of both ranks is what makes a pair likely.
    for (int sum = 0; sum <= left + right - 2; sum++) {
      for (int i = Math.max(0, sum - right + 1); i <= Math.min(sum, left - 1); i++) {
        List<String> joined = new ArrayList<>(alternatives.get(i));
        joined.addAll(next.alternatives.get(sum - i));
        all.add(joined);
      }
    }
    return limited(all);
  }

  /** {@link #then(Readings)} with phrases. */
  public Readings then(String... phrases) {
    return then(of(phrases));
  }

  /** Only the likeliest ones. */
  public Readings first(int count) {
    return count >= alternatives.size()
        ? this
        : new Readings(List.copyOf(alternatives.subList(0, count)));
  }

  /** Whether nothing is spoken. */
  public boolean isEmpty() {
    return alternatives.isEmpty();
  }

  /** The alternatives; an unmodifiable list. */
  public List<List<String>> toList() {
    return alternatives;
  }

  private static Readings limited(List<List<String>> all) {
    Set<List<String>> kept = new LinkedHashSet<>();
    for (List<String> words : all) {
      if (!words.isEmpty() && kept.size() < LIMIT) {
        kept.add(List.copyOf(words));
      }
    }
    return kept.isEmpty() ? NONE : new Readings(List.copyOf(kept));
  }

  @Override
  public String toString() {
    return alternatives.toString();
  }
}
