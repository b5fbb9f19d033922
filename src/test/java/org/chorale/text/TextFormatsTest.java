package org.chorale.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormatsTest {

  private static final String SRT =
      """
      1
      00:00:01,000 --> 00:00:02,500
      <i>Hello</i>, {\\an8}world

      2
      00:00:03,000 --> 00:00:04,000 X1:10 X2:20
      - In 1999
      - 42

      3
      00:00:05,000 --> 00:00:06,000
      <font color="#fff">I <3 you</font>
      """;

  private static final String VTT =
      """
      WEBVTT - a title
      Kind: captions

      STYLE
      ::cue { color: red }

      NOTE This is
      a comment

      intro
      00:01.000 --> 00:02.500 align:start position:10%
      <v Anna>Hello <00:00:01.500><c.red>world</c></v>

      1:00:00.000 --> 1:00:01.000
      Rock &amp; roll &lt;3
      NOTE is a word here
      """;

  private static final String LRC =
      """
      [ar:Somebody]
      [ti: A song]
      [length: 03:10]
      [syllable_timing:true]
      #[line:0:caption:Verse 1]
      [00:12.34]First line
      [00:15.00][01:15.00]Second <00:15.50>line <00:16.00>here
      [00:17]

      [00:20.123]F: [Chorus] hey
      """;

  @ParameterizedTest
  @ValueSource(strings = {"a.srt", "a.txt", "standard input"})
  void srt(String name) {
    assertThat(TextFormats.detect(name, SRT)).isEqualTo(TextFormat.SRT);
    assertThat(TextFormats.strip(TextFormat.SRT, SRT))
        .isEqualTo("Hello, world\n\n- In 1999\n- 42\n\nI <3 you");
  }

  @Test
  void lineEndsOfAllKinds() {
    String plain = TextFormats.strip(TextFormat.SRT, SRT);

    assertThat(TextFormats.strip(TextFormat.SRT, SRT.replace("\n", "\r\n"))).isEqualTo(plain);
    assertThat(TextFormats.strip(TextFormat.SRT, SRT.replace("\n", "\r"))).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.vtt", "a.txt"})
  void vtt(String name) {
    assertThat(TextFormats.detect(name, VTT)).isEqualTo(TextFormat.VTT);
    assertThat(TextFormats.strip(TextFormat.VTT, VTT))
        .isEqualTo("Hello world\n\nRock & roll <3\nNOTE is a word here");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.lrc", "a.txt"})
  void lrc(String name) {
    assertThat(TextFormats.detect(name, LRC)).isEqualTo(TextFormat.LRC);
    assertThat(TextFormats.strip(TextFormat.LRC, LRC))
        .isEqualTo("First line\nSecond line here\n\n[Chorus] hey");
  }

  @Test
  void wordStampsPartWordsOnlyWhereNothingElseDoes() {
    assertThat(TextFormats.strip(TextFormat.LRC, "[00:01]<00:01>La<00:02>dy <00:03>sings"))
        .isEqualTo("Lady sings");
    assertThat(TextFormats.strip(TextFormat.LRC, "[00:01]<00:01>Word<00:02>by<00:03>word"))
        .isEqualTo("Word by word");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[Chorus]\nla la\n[Verse]\nla",
        "At 10:30 --> later",
        "1\n2\n3",
        "WEBVTTX",
        "[00:12] was the time\nwhen it\nall began\nhere"
      })
  void plainTextStaysPlain(String text) {
    assertThat(TextFormats.detect("a.txt", text)).isEqualTo(TextFormat.PLAIN);
    assertThat(TextFormats.strip(TextFormat.PLAIN, text)).isSameAs(text);
  }

  @Test
  void endingWithoutContentIsPlain() {
    assertThat(TextFormats.detect("a.srt", "just words")).isEqualTo(TextFormat.PLAIN);
    assertThat(TextFormats.detect("a.lrc", "just words")).isEqualTo(TextFormat.PLAIN);
  }

  @Test
  void offsetsReferToTheStrippedText() {
    String text = TextFormats.strip(TextFormat.VTT, VTT);
    Document document = new DocumentParser().parse(text, "en");

    assertThat(document.text()).isEqualTo(text);
    assertThat(document.words().get(0).text()).isEqualTo("Hello");
    assertThat(document.lines()).hasSize(3);
  }
}
