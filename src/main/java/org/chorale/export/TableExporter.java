package org.chorale.export;

import java.io.IOException;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;

/** One word a row, as comma-separated (RFC 4180) or tab-separated values, with a header. */
public final class TableExporter implements Exporter {

  private static final String[] COLUMNS = {
    "index", "line", "word", "start", "end", "confidence", "status"
  };

  private final String name;
  private final char separator;
  private final String lineEnd;

  private TableExporter(String name, char separator, String lineEnd) {
    this.name = name;
    this.separator = separator;
    this.lineEnd = lineEnd;
  }

  /** Comma-separated values. */
  static TableExporter csv() {
    return new TableExporter("csv", ',', "\r\n");
  }

  /** Tab-separated values; words hold no tabs, so nothing is quoted. */
  static TableExporter tsv() {
    return new TableExporter("tsv", '\t', "\n");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String extension() {
    return name;
  }

  @Override
  public void write(Alignment alignment, ExportOptions options, Appendable out) throws IOException {
    out.append(String.join(Character.toString(separator), COLUMNS)).append(lineEnd);
    for (int w = 0; w < alignment.words().size(); w++) {
      AlignedWord word = alignment.words().get(w);
      out.append(Integer.toString(w))
          .append(separator)
          .append(Integer.toString(word.line()))
          .append(separator)
          .append(field(word.text()))
          .append(separator)
          .append(word.isTimed() ? Times.seconds(word.startSeconds()) : "")
          .append(separator)
          .append(word.isTimed() ? Times.seconds(word.endSeconds()) : "")
          .append(separator)
          .append(Times.seconds(word.confidence()))
          .append(separator)
          .append(word.status().jsonName())
          .append(lineEnd);
    }
  }

  private String field(String text) {
    if (separator == ',' && (text.indexOf(',') >= 0 || text.indexOf('"') >= 0)) {
      return '"' + text.replace("\"", "\"\"") + '"';
    }
    return text;
  }
}
