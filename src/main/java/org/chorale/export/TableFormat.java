package org.chorale.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.WordStatus;

/**
 * One word a row, as comma-separated (RFC 4180) or tab-separated values, with a header; times in
 * milliseconds, none where a word is missing. Read, columns are found by their names.
 */
final class TableFormat extends TextualFormat {

  private static final String[] COLUMNS = {
    "index", "line", "word", "start", "end", "confidence", "status"
  };
  private static final List<String> WORD = List.of("word", "text", "label", "token");
  private static final List<String> START =
      List.of("start", "start_s", "start_time", "begin", "onset", "tmin", "xmin");
  private static final List<String> END =
      List.of("end", "end_s", "end_time", "stop", "offset", "tmax", "xmax");

  private final char separator;
  private final String lineEnd;

  private TableFormat(String name, char separator, String lineEnd) {
    super(name, name);
    this.separator = separator;
    this.lineEnd = lineEnd;
  }

  /** Comma-separated values. */
  static TableFormat csv() {
    return new TableFormat("csv", ',', "\r\n");
  }

  /** Tab-separated values; words hold no tabs, so nothing is quoted. */
  static TableFormat tsv() {
    return new TableFormat("tsv", '\t', "\n");
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    Alignment alignment = song.alignment();
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

  @Override
  public boolean recognises(TimedFile file) {
    List<Row> rows = rows(file.text().lines().limit(1).findFirst().orElse("") + "\n");
    return !rows.isEmpty() && Header.of(rows.get(0).fields()) != null;
  }

  /** Where the columns are; -1 for those that are not there. */
  private record Header(int word, int start, int end, int line, int confidence, int status) {

    static Header of(List<String> fields) {
      List<String> names = fields.stream().map(f -> f.strip().toLowerCase(Locale.ROOT)).toList();
      int word = first(names, WORD);
      int start = first(names, START);
      int end = first(names, END);
      return word < 0 || start < 0 || end < 0
          ? null
          : new Header(
              word,
              start,
              end,
              names.indexOf("line"),
              names.indexOf("confidence"),
              names.indexOf("status"));
    }

    private static int first(List<String> names, List<String> wanted) {
      return wanted.stream().mapToInt(names::indexOf).filter(i -> i >= 0).findFirst().orElse(-1);
    }
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    List<Row> rows = rows(file.text());
    Header header = rows.isEmpty() ? null : Header.of(rows.get(0).fields());
    if (header == null) {
      throw file.wrong(
          1, "the header names no columns 'word', 'start' and 'end', parted by " + separatorName());
    }
    SongBuilder builder = new SongBuilder(file);
    List<ReadWord> line = new ArrayList<>();
    String lineName = null;
    for (Row row : rows.subList(1, rows.size())) {
      String word = row.field(header.word()).strip();
      if (word.isEmpty()) {
        continue;
      }
      String name = header.line() < 0 ? null : row.field(header.line());
      if (name != null && !name.equals(lineName) && !line.isEmpty()) {
        builder.line(line);
        line.clear();
      }
      lineName = name;
      line.add(word(file, row, header, word));
    }
    if (header.line() < 0) {
      builder.unbroken(line);
    } else {
      builder.line(line);
    }
    return builder.build();
  }

  private static ReadWord word(TimedFile file, Row row, Header header, String text)
      throws FormatException {
    // What stands in one field is one word, even if a stranger's has spaces.
    String word = text.replaceAll("[\\s\\p{Z}\\x85]+", "_");
    String start = row.field(header.start()).strip();
    String end = row.field(header.end()).strip();
    if (start.isEmpty() && end.isEmpty()) {
      return ReadWord.untimed(word);
    }
    OptionalDouble from = Times.parseNumber(start);
    OptionalDouble to = Times.parseNumber(end);
    if (from.isEmpty() || to.isEmpty()) {
      throw file.wrong(row.line(), "'%s' to '%s' are no seconds".formatted(start, end));
    }
    WordStatus status =
        row.field(header.status()).strip().equalsIgnoreCase("interpolated")
            ? WordStatus.INTERPOLATED
            : WordStatus.ALIGNED;
    return new ReadWord(
        word,
        status,
        from.getAsDouble(),
        to.getAsDouble(),
        Math.min(1, Math.max(0, Times.parseNumber(row.field(header.confidence())).orElse(1))),
        List.of(),
        List.of());
  }

  private String separatorName() {
    return separator == ',' ? "commas" : "tabs";
  }

  /** A row and the line in which it begins, from 1. */
  private record Row(List<String> fields, int line) {
    String field(int index) {
      return index < 0 || index >= fields.size() ? "" : fields.get(index);
    }
  }

  private List<Row> rows(String text) {
    List<Row> rows = new ArrayList<>();
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    int line = 1;
    int begun = 1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '\n';
      if (quoted && i < text.length()) {
        if (c != '"') {
          field.append(c);
        } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
          field.append('"');
          i++;
        } else {
          quoted = false;
        }
      } else if (separator == ',' && c == '"' && field.isEmpty()) {
        quoted = true;
      } else if (c == separator) {
        fields.add(field.toString());
        field.setLength(0);
      } else if (c == '\n' || c == '\r') {
        fields.add(field.toString());
        field.setLength(0);
        if (fields.size() > 1 || !fields.get(0).isBlank()) {
          rows.add(new Row(List.copyOf(fields), begun));
        }
        fields.clear();
        boolean pair = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
        i += pair ? 1 : 0;
        begun = line + 1;
      } else {
        field.append(c);
      }
      line += c == '\n' || c == '\r' ? 1 : 0;
    }
    return rows;
  }
}
