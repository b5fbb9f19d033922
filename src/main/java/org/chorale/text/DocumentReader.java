package org.chorale.text;

import java.util.Objects;

/**
 * Reads a text and parses it: the one call that programs need. Safe to share between threads; keeps
 * what its parser and detector loaded.
 */
public final class DocumentReader {

  /** The language that asks for detection. */
  public static final String AUTO = "auto";

  private final TextReader reader;
  private final DocumentParser parser = new DocumentParser();
  private LanguageDetector detector;

  /** A reader with the default size limit. */
  public DocumentReader() {
    this(new TextReader());
  }

  /** A reader with a limit of its own. */
  public DocumentReader(TextReader reader) {
    this.reader = Objects.requireNonNull(reader, "reader");
  }

  /**
   * Reads a document.
   *
   * @param source a path, or "-" for standard input
   * @param language BCP 47 tag, or {@link #AUTO}
   * @throws TextException if there is no text to be had, or none of its words can be spoken
   */
  public Document read(String source, String language) throws TextException {
    return parse(reader.read(source), language);
  }

  /**
   * Parses what was read.
   *
   * @param language BCP 47 tag, or {@link #AUTO}
   * @throws TextException if none of its words can be spoken
   */
  public Document parse(TextFile file, String language) throws TextException {
    String known = language.equals(AUTO) ? detector().detect(file.text()) : language;
    Document document = parser.parse(file.text(), known);
    if (document.words().stream().noneMatch(Word::isSpoken)) {
      throw new TextException(
          "The text '%s' holds no word that can be spoken; check that it is the right file and in the right encoding."
              .formatted(file.name()));
    }
    return document;
  }

  private synchronized LanguageDetector detector() {
    if (detector == null) {
      detector = new LanguageDetector();
    }
    return detector;
  }
}
