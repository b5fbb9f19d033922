package org.chorale.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.syllable.Syllable;

/** The JSON result, version 1; see docs/formats.md. The only format that holds everything. */
public final class JsonFormat extends TextualFormat {

  private final JsonFactory factory = new JsonFactory();

  /** The format; one is enough. */
  public JsonFormat() {
    super("json", "json");
  }

  @Override
  Charset encoding(ExportOptions options) {
    return StandardCharsets.UTF_8; // RFC 8259 knows no other
  }

  @Override
  public boolean holdsAll() {
    return true;
  }

  @Override
  public boolean recognises(TimedFile file) {
    return file.text().stripLeading().startsWith("{");
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    return Song.of(new AlignmentJsonReader().parse(file.text(), file.name()));
  }

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    Alignment alignment = song.alignment();
    // Straight to its place: ten hours with phones are 60 MB.
    try (JsonGenerator json = factory.createGenerator(new AppendableWriter(out))) {
      json.setPrettyPrinter(
          new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter(" ", "\n")));
      json.writeStartObject();
      json.writeNumberField("version", 1);
      json.writeObjectFieldStart("audio");
      json.writeStringField("path", alignment.audio().path());
      number(json, "duration", alignment.audio().durationSeconds());
      json.writeNumberField("sampleRate", alignment.audio().sampleRate());
      json.writeNumberField("channels", alignment.audio().channels());
      json.writeEndObject();
      json.writeStringField("language", alignment.language());
      json.writeStringField("mode", alignment.mode());
      json.writeStringField("model", alignment.model());
      number(json, "confidence", alignment.confidence());
      json.writeStringField("verdict", alignment.verdict().jsonName());
      if (alignment.wordsElsewhere() > 0) {
        json.writeNumberField("wordsElsewhere", alignment.wordsElsewhere());
      }
      json.writeArrayFieldStart("lines");
      for (AlignedLine line : alignment.lines()) {
        line(json, line);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("words");
      for (int w = 0; w < alignment.words().size(); w++) {
        boolean divided = options.phones() && !song.syllables().isEmpty();
        word(
            json, alignment.words().get(w), divided ? song.syllablesOf(w) : null, options.phones());
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    out.append('\n');
  }

  private static void line(JsonGenerator json, AlignedLine line) throws IOException {
    json.writeStartObject();
    json.writeStringField("text", line.text());
    number(json, "start", line.startSeconds());
    number(json, "end", line.endSeconds());
    json.writeNumberField("firstWord", line.firstWord());
    json.writeNumberField("wordCount", line.wordCount());
    number(json, "confidence", line.confidence());
    json.writeEndObject();
  }

  /** A word; its syllables, null where nobody asked for them, and its phones. */
  private static void word(
      JsonGenerator json, AlignedWord word, List<Syllable> syllables, boolean phones)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("text", word.text());
    number(json, "start", word.startSeconds());
    number(json, "end", word.endSeconds());
    number(json, "confidence", word.confidence());
    json.writeNumberField("line", word.line());
    json.writeNumberField("charStart", word.charStart());
    json.writeNumberField("charEnd", word.charEnd());
    json.writeStringField("status", word.status().jsonName());
    if (syllables != null) {
      json.writeArrayFieldStart("syllables");
      for (Syllable syllable : syllables) {
        json.writeStartObject();
        json.writeStringField("text", syllable.text());
        number(json, "start", syllable.startSeconds());
        number(json, "end", syllable.endSeconds());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    if (phones) {
      json.writeArrayFieldStart("phones");
      for (AlignedPhone phone : word.phones()) {
        json.writeStartObject();
        json.writeStringField("phone", phone.phone());
        number(json, "start", phone.startSeconds());
        number(json, "end", phone.endSeconds());
        number(json, "confidence", phone.confidence());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** A number of at most three decimals; null where there is none. */
  private static void number(JsonGenerator json, String field, double value) throws IOException {
    if (Double.isNaN(value)) {
      json.writeNullField(field);
      return;
    }
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP);
    BigDecimal plain = rounded.stripTrailingZeros();
    json.writeFieldName(field);
    json.writeNumber(plain.scale() < 0 ? plain.setScale(0) : plain);
  }

  /** Writes to what is not a writer; closing it closes nothing. */
  private static final class AppendableWriter extends Writer {
    private final Appendable out;

    AppendableWriter(Appendable out) {
      this.out = out;
    }

    @Override
    public void write(char[] chars, int offset, int length) throws IOException {
      out.append(CharBuffer.wrap(chars, offset, length));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
