package org.chorale.align;

import java.util.Locale;

/** How a word came by its times. */
public enum WordStatus {
  /** Found in the audio. */
  ALIGNED,

  /** Placed between its neighbours; the audio did not say. */
  INTERPOLATED,

  /** Not found; it has no times. */
  MISSING;

  /** The name in the JSON result: lower case. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
