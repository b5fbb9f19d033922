package org.chorale.batch;

import java.util.List;
import java.util.Objects;

/**
 * One item of a manifest. Immutable.
 *
 * @param id names its outputs: a relative path with '/' and without an ending, unique in its job
 * @param audio locations of its recordings (paths or {@code s3://} addresses), at least one;
 *     several are parts of one recording, in order
 * @param audioNames the recordings as the manifest names them: what results call them
 * @param text location of its text
 * @param language BCP 47 primary tag, or "auto"
 * @param mode "speech", "lyrics" or "auto"
 * @param passage how much of the text is spoken
 */
public record BatchItem(
    String id,
    List<String> audio,
    List<String> audioNames,
    String text,
    String language,
    String mode,
    Passage passage) {

  /** Checks for nulls and takes immutable copies. */
  public BatchItem {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(language, "language");
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(passage, "passage");
    audio = List.copyOf(audio);
    audioNames = List.copyOf(audioNames);
    if (audio.isEmpty() || audio.size() != audioNames.size()) {
      throw new IllegalArgumentException("an item has at least one recording and a name for each");
    }
  }
}
