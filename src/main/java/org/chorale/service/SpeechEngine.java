package org.chorale.service;

import java.io.IOException;
import java.util.Optional;
import org.chorale.align.Alignment;
import org.chorale.synth.SpeechBlock;
import org.chorale.text.Document;
import org.chorale.text.TextException;

/** What speaks the texts that are sent. Thread-safe; its calls block. */
public interface SpeechEngine {

  /**
   * A text that is being spoken. Not thread-safe: one call at a time, from any thread. It holds
   * nothing that has to be closed.
   */
  interface Speech {

    /** Name of the voice, or of the recording that it was taken from. */
    String voice();

    /** The text. */
    Document document();

    /**
     * Computes the next piece; nothing at the end.
     *
     * @throws TextException when nothing of the text could be pronounced
     * @throws IOException when a model is broken
     */
    Optional<SpeechBlock> next() throws IOException, TextException;

    /** The words of all pieces so far, at their times. */
    Alignment alignment();
  }

  /**
   * Begins to speak.
   *
   * @param reference a recording of 2 seconds or more to take the voice from, null for a voice by
   *     name; not needed any more afterwards
   * @throws ServiceException when there is no voice of the name asked for
   * @throws TextException when no word of the text can be spoken
   * @throws IOException when the reference cannot be decoded, or a model is missing or broken
   */
  Speech speak(SpeechRequest request, AlignmentEngine.Recording reference)
      throws IOException, TextException;
}
