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
 * @param skipLineCost price of a line that is not sung
 * @param skipWordCost price of a word inside a line that is not sung
 * @param backingCost price of leaving out a word in parentheses
 * @param repeatCost price of each repetition that the text only hints at ("(x2)", "[Chorus]")
 * @param starEntryCost price of beginning a stretch of singing that is not in the text
 * @param starFrameCost what each frame of it loses against the best phone
 * @param lateSeconds how much later than the ear the model sets the beginnings of words
 */
public record SongSettings(
    float frameWeight,
    float contrastWeight,
    float priorScale,
    float wordPauseCost,
    float briefWordCost,
    float skipLineCost,
    float skipWordCost,
    float backingCost,
    float repeatCost,
    float starEntryCost,
    float starFrameCost,
    double lateSeconds) {}
