package org.chorale.batch;

import java.util.List;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextException;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;

/** Passages of a text as texts of their own, and back. Thread-safe. */
final class TextParts {

  private final DocumentReader documents;

  TextParts(DocumentReader documents) {
    this.documents = documents;
  }

  /**
   * A part of a text.
   *
   * @param document its words
   * @param charStart where it begins in the whole text
   */
  record Part(Document document, int charStart) {}

  /**
   * Words of a text as a text.
   *
   * @param from first word
   * @param to one past the last
   * @throws TextException when none of them can be spoken
   */
  Part part(Document whole, String name, int from, int to) throws TextException {
    int start = whole.words().get(from).charStart();
    int end = whole.words().get(to - 1).charEnd();
    TextFile file = new TextFile(name, TextFormat.PLAIN, whole.text().substring(start, end));
    return new Part(documents.parse(file, whole.language()), start);
  }

  /** The alignment of a part with offsets into the whole text. */
  static Alignment inWhole(Alignment alignment, Part part) {
    List<AlignedWord> words =
        alignment.words().stream()
            .map(
                w ->
                    new AlignedWord(
                        w.text(),
                        w.charStart() + part.charStart(),
                        w.charEnd() + part.charStart(),
                        w.line(),
                        w.status(),
                        w.startSeconds(),
                        w.endSeconds(),
                        w.confidence(),
                        w.phones()))
            .toList();
    return alignment.withWords(words);
  }
}
