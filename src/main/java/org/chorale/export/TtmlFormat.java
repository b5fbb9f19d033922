package org.chorale.export;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * TTML in the text profile of IMSC 1 (W3C): a paragraph a cue, milliseconds. Word times are not
 * written: by the standard a span is seen only while its time lasts. Read in full, frames, ticks
 * and time containers included.
 */
final class TtmlFormat extends TextualFormat {

  private static final Set<String> RIGHT_TO_LEFT = Set.of("ar", "fa", "he", "iw", "ur", "yi");

  TtmlFormat() {
    super("ttml", "ttml");
  }

  @Override
  public boolean hasCues() {
    return true;
  }

  @Override
  Charset encoding(ExportOptions options) {
    return StandardCharsets.UTF_8;
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    String language = song.alignment().language();
    out.append(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"\
             xmlns:tts="http://www.w3.org/ns/ttml#styling"\
             ttp:profile="http://www.w3.org/ns/ttml/profile/imsc1/text" ttp:timeBase="media"\
             xml:lang=\"""")
        .append(Xml.escape(language))
        .append(
            """
            ">
              <head>
                <styling>
                  <style xml:id="text" tts:color="#FFFFFF" tts:backgroundColor="#000000C0"\
             tts:fontFamily="proportionalSansSerif" tts:fontSize="100%" tts:textAlign="center\"""")
        .append(RIGHT_TO_LEFT.contains(language) ? " tts:direction=\"rtl\"" : "")
        .append(
            """
            />
                </styling>
                <layout>
                  <region xml:id="bottom" tts:origin="10% 75%" tts:extent="80% 20%"\
             tts:displayAlign="after" tts:overflow="visible"/>
                </layout>
              </head>
              <body>
                <div region="bottom" style="text">
            """);
    for (Cue cue : options.cues().cues(song.alignment())) {
      out.append("      <p begin=\"")
          .append(Times.clock(cue.startSeconds(), '.'))
          .append("\" end=\"")
          .append(Times.clock(cue.endSeconds(), '.'))
          .append("\">")
          .append(String.join("<br/>", Xml.escape(cue.text()).split("&#10;")))
          .append("</p>\n");
    }
    out.append("    </div>\n  </body>\n</tt>\n");
  }

  @Override
  public boolean recognises(TimedFile file) {
    return TtmlReader.recognises(file);
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    return new TtmlReader(file).read();
  }
}
