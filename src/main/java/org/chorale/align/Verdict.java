package org.chorale.align;

import java.util.Locale;

/** Whether the text is what is heard. */
public enum Verdict {
  /** The text is what is heard. */
  OK,

  /** Parts may be wrong. */
  DOUBTFUL,

  /** The text is not what is heard; the times would be noise. */
  MISMATCH;

  /** The name in the JSON result: lower case. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
