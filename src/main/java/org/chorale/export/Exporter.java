package org.chorale.export;

import java.io.IOException;
import org.chorale.align.Alignment;

/** Writes an alignment in one format. Implementations are immutable and thread-safe. */
public interface Exporter {

  /** Name of the format on the command line, lower case. */
  String name();

  /** Ending of its files, without the dot. */
  String extension();

  /**
   * Writes an alignment; the same alignment gives the same text.
   *
   * @param alignment what to write
   * @param options what to write of it
   * @param out where to; not closed
   * @throws IOException when {@code out} fails
   */
  void write(Alignment alignment, ExportOptions options, Appendable out) throws IOException;
}
