package org.chorale.align;

import java.util.List;

/**
 * Gives words that are less sure than a threshold as missing.
 *
 * @param minConfidence 0 to 1; 0 keeps all
 */
public record WordFilter(double minConfidence) {

  /** The alignment without the times of unsure words. */
  public Alignment apply(Alignment alignment) {
    if (minConfidence <= 0) {
      return alignment;
    }
    return alignment.withWords(alignment.words().stream().map(this::filter).toList());
  }

  private AlignedWord filter(AlignedWord word) {
    if (!word.isTimed() || word.confidence() >= minConfidence) {
      return word;
    }
    return new AlignedWord(
        word.text(),
        word.charStart(),
        word.charEnd(),
        word.line(),
        WordStatus.MISSING,
        Double.NaN,
        Double.NaN,
        word.confidence(),
        List.of());
  }
}
