package org.chorale.align;

/**
 * What the search pays for departures from the text. Costs are in nats and weigh against the scores
 * of the acoustic model, about 3 nats a frame between the right phone and a wrong one.
 *
 * @param priorScale how much of the classes' log priors is taken off the log posteriors, 0 to 1
 * @param skipEntryCost price of a run of words that are not spoken
 * @param skipWordCost price of each of them
 * @param starEntryCost price of beginning a stretch of speech that is not in the text
 * @param starFrameCost what each frame of it loses against the best class of the frame
 * @param asideEntryCost price of a hesitation or a broken-off beginning between two words
 * @param hesitationFrameCost what each frame of a hesitation loses against the best of its sounds
 * @param durationWeight weight of the phones' durations in the second pass, 0 for none
 * @param beam beam of the search of long recordings where text and audio have too little in common
 *     for an exact search, nats
 */
public record SearchSettings(
    float priorScale,
    float skipEntryCost,
    float skipWordCost,
    float starEntryCost,
    float starFrameCost,
    float asideEntryCost,
    float hesitationFrameCost,
    float durationWeight,
    float beam) {

  /** The values for a model whose manifest says nothing else ("search"). */
  public static SearchSettings defaults() {
    return new SearchSettings(0.6f, 40f, 4f, 20f, 3f, 30f, 0.3f, 4f, 4000f);
  }

  /**
   * The values for a foreign CTC model: no priors, no durations; its frames are long, and most of
   * them are blank, which the star pays for as for any other class.
   */
  public static SearchSettings ctcDefaults() {
    return new SearchSettings(0, 40f, 4f, 20f, 1f, 30f, 0.3f, 0, 1000f);
  }
}
