package org.chorale.export;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.chorale.align.AlignedLine;

/**
 * TTML lyrics in the manner of Apple Music: a paragraph a line, in it a span a syllable, all times
 * from the beginning of the recording; milliseconds. White space between spans parts words. Words
 * without times are spans without length.
 */
final class AppleTtmlFormat extends TextualFormat {

  /** The namespaces by which such files are told; both are met. */
  static final List<String> NAMESPACES =
      List.of(
          "http://music.apple.com/lyric-ttml-internal",
          "http://itunes.apple.com/lyric-ttml-extensions");

  private static final int UNITS = 1000;

  AppleTtmlFormat() {
    super("ttml-apple", "ttml");
  }

  @Override
  public boolean hasSyllables() {
    return true;
  }

  @Override
  Charset encoding(ExportOptions options) {
    return StandardCharsets.UTF_8;
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    long end = Times.millis(song.alignment().audio().durationSeconds());
    StringBuilder lines = new StringBuilder();
    long at = 0;
    int number = 0;
    for (AlignedLine line : song.alignment().lines()) {
      List<Piece> pieces = Piece.of(song, line.firstWord(), line.wordCount(), UNITS, at);
      if (pieces.isEmpty()) {
        continue;
      }
      long start = pieces.get(0).start();
      at = pieces.get(pieces.size() - 1).end();
      long lineEnd = Math.max(start + 1, at); // a line must last
      lines.append("      <p begin=\"").append(Times.clockOfMillis(start, '.'));
      lines.append("\" end=\"").append(Times.clockOfMillis(lineEnd, '.'));
      lines.append("\" itunes:key=\"L").append(++number).append("\" ttm:agent=\"v1\">");
      for (int p = 0; p < pieces.size(); p++) {
        Piece piece = pieces.get(p);
        lines.append(p > 0 && piece.startsWord() ? " " : "");
        lines.append("<span begin=\"").append(Times.clockOfMillis(piece.start(), '.'));
        lines.append("\" end=\"").append(Times.clockOfMillis(piece.end(), '.')).append("\">");
        lines.append(Xml.escape(piece.text())).append("</span>");
      }
      lines.append("</p>\n");
      end = Math.max(end, lineEnd);
    }
    out.append(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"\
             xmlns:itunes="http://music.apple.com/lyric-ttml-internal" itunes:timing="Word"\
             xml:lang=\"""")
        .append(Xml.escape(song.alignment().language()))
        .append(
            """
            ">
              <head>
                <metadata>
                  <ttm:agent type="person" xml:id="v1"/>
                </metadata>
              </head>
              <body dur=\"""")
        .append(Times.clockOfMillis(end, '.'))
        .append("\">\n    <div>\n")
        .append(lines)
        .append("    </div>\n  </body>\n</tt>\n");
  }

  @Override
  public boolean recognises(TimedFile file) {
    return TtmlReader.recognises(file) && NAMESPACES.stream().anyMatch(file.text()::contains);
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    return new TtmlReader(file).read();
  }
}
