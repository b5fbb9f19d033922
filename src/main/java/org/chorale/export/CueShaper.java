package org.chorale.export;

import java.util.List;
import org.chorale.align.Alignment;

/** Cuts an alignment into what is shown at a time. Implementations are thread-safe. */
@FunctionalInterface
public interface CueShaper {

  /**
   * The cues of an alignment, in order, none overlapping the next. Every word is in one of them, in
   * the order of the text; no cue if no word has times.
   */
  List<Cue> cues(Alignment alignment);
}
