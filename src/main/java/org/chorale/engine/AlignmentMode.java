package org.chorale.engine;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a recording is taken for. */
public enum AlignmentMode {
  /** Speech: the model of speech aligns it. */
  SPEECH,
  /** A song, in the mix: the model of singing aligns it. */
  LYRICS,
  /** What is heard decides; see {@link RecordingAligners#heard}. */
  AUTO;

  /** The mode of a name, in any case; empty when there is none of it. */
  public static Optional<AlignmentMode> of(String name) {
    return Arrays.stream(values()).filter(m -> m.tag().equalsIgnoreCase(name)).findFirst();
  }

  /** How results, manifests and requests write it. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
