package org.chorale.lyrics;

/**
 * What the search in songs weighs. Costs are in nats.
 *
 * @param frameWeight weight of the log posteriors by the sound alone
 * @param contrastWeight weight of those against the other phones of the text
 * @param priorScale how much of the phones' log priors is taken off
 * @param wordPauseCost price of a pause inside a line: a line is sung in one go
 * @param briefWordCost what a pause costs more for every phone that the word before it has less
 *     than four: articles and the like are sung with the word behind them
 * @param pauseFrameCost what each frame of a pause inside a line costs
 * @param skipLineCost price of a line that is not sung
 * @param skipWordCost price of a word inside a line that is not sung
 * @param backingCost price of leaving out a word in parentheses
 * @param repeatCost price of each repetition that the text only hints at ("(x2)", "[Chorus]")
 * @param starEntryCost price of beginning a stretch of singing that is not in the text
 * @param starFrameCost what each frame of it loses against the best phone
 * @param otherVowelCost what a frame of a vocalise costs more where another vowel is heard
 * @param vocaliseLinkCost price of a vocalise that goes over into the next one, where nothing tells
 *     them apart; a pause between them costs nothing
 * @param durations how long phones are sung
 * @param onset where the ear puts the beginning of a word
 */
public record SongSettings(
    float frameWeight,
    float contrastWeight,
    float priorScale,
    float wordPauseCost,
    float briefWordCost,
    float pauseFrameCost,
    float skipLineCost,
    float skipWordCost,
    float backingCost,
    float repeatCost,
    float starEntryCost,
    float starFrameCost,
    float otherVowelCost,
    float vocaliseLinkCost,
    Durations durations,
    Onset onset) {

  /**
   * Where the ear puts the beginning of a word: singers put its vowel on the beat and the
   * consonants before it.
   *
   * @param consonantShare share of the consonants before the first vowel that comes before it
   * @param leadSeconds how much earlier still
   */
  public record Onset(double consonantShare, double leadSeconds) {}

  /**
   * How long phones are sung: vowels carry the notes, consonants are short, and the note that is
   * held is mostly the last one of a line.
   *
   * @param leastFrames what no phone stays below
   * @param vowelFrames what a vowel has at the least, unless it pays
   * @param vocaliseFrames what the vowel of an "ooh" or "ah", without consonants, has at the least,
   *     unless it pays
   * @param consonantFrames what a consonant has at the least, unless it pays
   * @param briefFrameCost what each frame that is wanting to them costs
   * @param heldVowelFrameCost what each frame of a vowel costs but for that of a line's last
   *     syllable
   * @param heldConsonantFrameCost what each frame of a consonant costs
   */
  public record Durations(
      int leastFrames,
      int vowelFrames,
      int vocaliseFrames,
      int consonantFrames,
      float briefFrameCost,
      float heldVowelFrameCost,
      float heldConsonantFrameCost) {

    /** Checks that every phone lasts a frame. */
    public Durations {
      if (leastFrames < 1
          || Math.max(vowelFrames, Math.max(vocaliseFrames, consonantFrames)) > 100) {
        throw new IllegalArgumentException(
            "phones have 1 to 100 frames at the least, not %d, %d, %d, %d"
                .formatted(leastFrames, vowelFrames, vocaliseFrames, consonantFrames));
      }
    }
  }
}
