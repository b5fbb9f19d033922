package org.chorale.export;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** What the formats that are text have in common: they are written as characters. */
abstract class TextualFormat implements TimedFormat {

  private final String name;
  private final String extension;

  TextualFormat(String name, String extension) {
    this.name = name;
    this.extension = extension;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String extension() {
    return extension;
  }

  /** The encoding to write in; UTF-8 for a format that allows no other. */
  Charset encoding(ExportOptions options) {
    return options.encoding();
  }

  /** Writes the characters. */
  abstract void write(Song song, ExportOptions options, Appendable out) throws IOException;

  @Override
  public final void write(Song song, ExportOptions options, OutputStream out) throws IOException {
    Charset charset = encoding(options);
    Writer writer = new BufferedWriter(new OutputStreamWriter(out, charset));
    // Java writes the mark that tells the byte order only for the charset without one in its name.
    if (charset.equals(StandardCharsets.UTF_16LE) || charset.equals(StandardCharsets.UTF_16BE)) {
      writer.append('\uFEFF');
    }
    write(song, options, writer);
    writer.flush();
  }
}
