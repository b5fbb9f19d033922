package org.chorale.text;

import java.util.Objects;

/**
 * The text of a file, times and markup of subtitle formats taken out. Immutable.
 *
 * @param name how messages call the input: its path, or "standard input"
 * @param format the format it had
 * @param text what offsets refer to: the file's own text for {@link TextFormat#PLAIN} (only a byte
 *     order mark is taken off), otherwise the lines that were left
 */
public record TextFile(String name, TextFormat format, String text) {

  /** Checks for nulls. */
  public TextFile {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(text, "text");
  }
}
