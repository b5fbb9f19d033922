package org.chorale.export;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What to write of a song, and how. Immutable.
 *
 * @param phones whether phones are written by the formats that can hold them
 * @param encoding of the text formats that may have another than UTF-8; characters it lacks become
 *     question marks
 * @param cues how the formats that show text by the cue (srt, vtt, ttml) cut it
 */
public record ExportOptions(boolean phones, Charset encoding, CueShaper cues) {

  /** Checks for nulls. */
  public ExportOptions {
    Objects.requireNonNull(encoding, "encoding");
    Objects.requireNonNull(cues, "cues");
  }

  /** UTF-8 without phones, cues as {@link CueBuilder} makes them. */
  public static ExportOptions standard() {
    return new ExportOptions(false, StandardCharsets.UTF_8, new CueBuilder());
  }

  /** The same with or without phones. */
  public ExportOptions withPhones(boolean wanted) {
    return new ExportOptions(wanted, encoding, cues);
  }

  /** The same in another encoding. */
  public ExportOptions withEncoding(Charset other) {
    return new ExportOptions(phones, other, cues);
  }

  /** The same with cues shaped otherwise. */
  public ExportOptions withCues(CueShaper other) {
    return new ExportOptions(phones, encoding, other);
  }
}
