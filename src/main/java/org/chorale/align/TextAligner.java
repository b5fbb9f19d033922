package org.chorale.align;

import java.util.List;
import org.chorale.acoustic.Emissions;
import org.chorale.text.Document;

/**
 * Finds the words of a text in the emissions of a recording. One implementation for each kind of
 * acoustic model; all are thread-safe and give the same result for the same input to the last bit.
 */
public interface TextAligner {

  /**
   * When every word is heard.
   *
   * @param document the text
   * @param readings per word of the document the ways to speak it, in classes of the emissions;
   *     empty for words not expected
   * @param emissions of the whole recording
   * @param audio what the result says of the recording; its duration bounds every time
   * @return the alignment; words that the audio does not hold are missing
   */
  Outcome align(
      Document document, List<List<Reading>> readings, Emissions emissions, Alignment.Audio audio);

  /**
   * An alignment without its frame of audio, model and mode.
   *
   * @param words all words of the document
   * @param lines its lines
   * @param confidence of the whole text
   * @param verdict on the whole text
   * @param wordsElsewhere words that are missing from their place and heard in another
   */
  record Outcome(
      List<AlignedWord> words,
      List<AlignedLine> lines,
      double confidence,
      Verdict verdict,
      int wordsElsewhere) {

    /** Where nobody looked for words in another place. */
    public Outcome(
        List<AlignedWord> words, List<AlignedLine> lines, double confidence, Verdict verdict) {
      this(words, lines, confidence, verdict, 0);
    }
  }
}
