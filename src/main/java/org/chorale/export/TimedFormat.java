package org.chorale.export;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A format of timed words: written and, as far as it carries times, read back. Implementations are
 * immutable and thread-safe.
 */
public interface TimedFormat {

  /** Name of the format on the command line, lower case. */
  String name();

  /** Ending of its files, without the dot. */
  String extension();

  /** Whether it holds whatever is known: of a song with phones its syllables, too. */
  default boolean holdsAll() {
    return false;
  }

  /** Whether it is for singing along: words are written by the syllable where those are known. */
  default boolean hasSyllables() {
    return false;
  }

  /** Whether it has the pitch of every syllable. */
  default boolean hasNotes() {
    return false;
  }

  /** Whether it shows text by the cue, as subtitles. */
  default boolean hasCues() {
    return false;
  }

  /**
   * Writes a song; the same song gives the same bytes.
   *
   * @param song what to write; every alignment can be written, whatever its words and times
   * @param options what to write of it, and how
   * @param out where to; flushed, not closed
   * @throws IOException when {@code out} fails
   */
  void write(Song song, ExportOptions options, OutputStream out) throws IOException;

  /** Whether the content of a file looks like this format. */
  boolean recognises(TimedFile file);

  /**
   * Reads a file. What players forgive is forgiven; what the file does not say is filled in as
   * {@code docs/formats.md} says.
   *
   * @return its words, none if the file holds none
   * @throws FormatException when it cannot be this format; one sentence that names file and line
   */
  Song read(TimedFile file) throws FormatException;
}
