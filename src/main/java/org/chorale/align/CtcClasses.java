package org.chorale.align;

import java.util.List;

/**
 * What the aligner must know of the classes of a CTC model.
 *
 * @param symbols token of every class
 * @param blank index of blank
 * @param separator index of the token between words, -1 where there is none
 * @param firstFrameSeconds where the first frame begins, half a frame before its centre; seconds
 *     from the first sample, may be negative
 * @param frameSeconds time from frame to frame, seconds
 */
public record CtcClasses(
    List<String> symbols, int blank, int separator, double firstFrameSeconds, double frameSeconds) {

  /** Takes an immutable copy. */
  public CtcClasses {
    symbols = List.copyOf(symbols);
    if (blank < 0 || blank >= symbols.size() || separator >= symbols.size() || frameSeconds <= 0) {
      throw new IllegalArgumentException("classes are inconsistent");
    }
  }

  /** Whether a class spells letters. */
  boolean isToken(int classIndex) {
    return classIndex != blank && classIndex != separator && classIndex < symbols.size();
  }
}
