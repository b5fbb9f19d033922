package org.chorale.batch;

import java.util.Locale;
import org.chorale.align.Verdict;

/** What became of an item. */
public enum ItemStatus {
  /** Aligned; the text is what is heard. */
  OK,

  /** Aligned; parts may be wrong. */
  DOUBTFUL,

  /** Refused: the text is not what is heard. Nothing is written, unless it was forced. */
  MISMATCH,

  /** Not aligned; the report says why. */
  FAILED;

  /** The name in the report: lower case. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static ItemStatus of(Verdict verdict) {
    return switch (verdict) {
      case OK -> OK;
      case DOUBTFUL -> DOUBTFUL;
      case MISMATCH -> MISMATCH;
    };
  }
}
