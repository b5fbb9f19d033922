package org.chorale.batch;

import java.util.Locale;

/** How much of its text an item's audio holds. */
public enum Passage {
  /** All, unless the text has more words than anybody speaks in that time. */
  AUTO,

  /** All of it. */
  WHOLE,

  /** A part, which is to be found. */
  PART;

  /**
   * The value of a manifest's field.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Passage parse(String value) {
    try {
      return valueOf(value.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'%s' is no passage; use auto, whole or part".formatted(value), e);
    }
  }
}
