package org.chorale.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.chorale.align.Alignment;
import org.chorale.engine.AlignmentMode;
import org.chorale.export.Song;
import org.chorale.export.TimedFormat;
import org.chorale.text.Document;
import org.chorale.text.TextException;

/** What aligns the recordings that are sent. Thread-safe; its calls block. */
public interface AlignmentEngine {

  /** An uploaded recording: where it waits, and its name as the client gave it. */
  record Recording(Path file, String name) {}

  /**
   * Aligns a recording.
   *
   * @param mode what the recording is taken for
   * @param progress told the samples decoded so far, at 16 kHz; what it throws ends the alignment
   * @throws TextException when the text cannot be pronounced
   * @throws IOException when the audio cannot be decoded, or a model is missing or broken
   */
  Alignment align(Recording recording, Document document, AlignmentMode mode, LongConsumer progress)
      throws IOException, TextException;

  /**
   * What a format writes of an alignment: by the syllable and with notes, where it can.
   *
   * @param recording the recording for the melody, null where there is none
   */
  Song song(Alignment alignment, TimedFormat format, Recording recording) throws IOException;
}
