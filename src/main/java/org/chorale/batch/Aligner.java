package org.chorale.batch;

import java.io.IOException;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioSource;
import org.chorale.engine.AlignmentMode;
import org.chorale.engine.RecordingAligners;
import org.chorale.text.Document;

/** What aligns: the models of every mode, loaded once, shared by all items. Thread-safe. */
public interface Aligner {

  /**
   * Channels that a recording must have.
   *
   * @param mode "speech", "lyrics" or "auto"
   */
  int channels(String mode) throws IOException;

  /** Whether anything can be made of a text. */
  boolean canRead(String mode, Document document) throws IOException;

  /**
   * Aligns a recording.
   *
   * @param source read to its end, not closed
   */
  Alignment align(String mode, AudioSource source, Document document) throws IOException;

  /**
   * The mode for a recording whose mode is left open.
   *
   * @param recording opened once, in stereo
   */
  AlignmentMode heard(RecordingAligners.Opener recording) throws IOException;
}
