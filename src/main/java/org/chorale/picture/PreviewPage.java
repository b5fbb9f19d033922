package org.chorale.picture;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.FfmpegProgram;

/**
 * An alignment as a page for browsers: one file with the recording inside, which plays, shows
 * waveform and spectrogram, and highlights the words. It needs no network and allows itself none.
 */
public final class PreviewPage {

  /** What browsers play as it is; wav only while it is short. */
  private static final Map<String, String> PLAYABLE =
      Map.of(
          "mp3", "audio/mpeg",
          "m4a", "audio/mp4",
          "ogg", "audio/ogg",
          "oga", "audio/ogg",
          "opus", "audio/ogg",
          "flac", "audio/flac",
          "wav", "audio/wav");

  private static final long MOST_BYTES = 24L << 20;
  private static final long MOST_WAV_BYTES = 4L << 20;

  // Columns a second, fewer for recordings longer than half an hour.
  private static final double COLUMN_RATE = 50;
  private static final double PEAK_RATE = 100;
  private static final double FULL_DETAIL_SECONDS = 1800;
  private static final int BANDS = 64;
  private static final int TILE_COLUMNS = 2000;

  private final ObjectMapper json = new ObjectMapper();

  /**
   * Writes the page.
   *
   * @param audio the recording, a file
   * @param out where to; not closed
   * @throws IOException when the recording cannot be read or {@code out} fails
   */
  public void write(Alignment alignment, Path audio, Writer out) throws IOException {
    String title = audio.getFileName().toString();
    String template;
    try (InputStream in = PreviewPage.class.getResourceAsStream("preview.html")) {
      template = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    String data = json.writeValueAsString(data(alignment, audio)).replace("<", "\\u003c");
    int at = 0;
    for (int mark = template.indexOf('@'); mark >= 0; mark = template.indexOf('@', at)) {
      out.append(template, at, mark);
      if (template.startsWith("@TITLE@", mark)) {
        out.append(escape(title));
        at = mark + "@TITLE@".length();
      } else if (template.startsWith("@DATA@", mark)) {
        out.append(data);
        at = mark + "@DATA@".length();
      } else if (template.startsWith("@AUDIO@", mark)) {
        sound(audio, out);
        at = mark + "@AUDIO@".length();
      } else {
        out.append('@');
        at = mark + 1;
      }
    }
    out.append(template, at, template.length());
  }

  private ObjectNode data(Alignment alignment, Path audio) throws IOException {
    double duration = alignment.audio().durationSeconds();
    double detail = Math.min(1, FULL_DETAIL_SECONDS / Math.max(1, duration));
    double columnRate = COLUMN_RATE * detail;
    double peakRate = PEAK_RATE * detail;
    ObjectNode root = json.createObjectNode();
    root.put("about", about(alignment));
    root.put("duration", duration);
    root.put("peakRate", peakRate);
    root.put("columnRate", columnRate);
    root.put("tileSeconds", TILE_COLUMNS / columnRate);
    try (AudioSource source = new AudioFiles().open(audio.toString())) {
      root.put("peaks", peaks(source, (int) Math.ceil(duration * peakRate), peakRate));
    }
    try (AudioSource source = new AudioFiles().open(audio.toString())) {
      int columns = (int) Math.ceil(duration * columnRate);
      Spectrogram spectrogram = Spectrogram.of(source, 0, columns, columnRate, BANDS);
      ArrayNode tiles = root.putArray("tiles");
      for (int from = 0; from < columns; from += TILE_COLUMNS) {
        BufferedImage tile = spectrogram.image(from, Math.min(columns, from + TILE_COLUMNS));
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(tile, "png", png);
        tiles.add(Base64.getEncoder().encodeToString(png.toByteArray()));
      }
    }
    ArrayNode words = root.putArray("words");
    for (AlignedWord word : alignment.words()) {
      ArrayNode entry = words.addArray();
      entry.add(word.text());
      if (word.isTimed()) {
        entry.add(word.startSeconds()).add(word.endSeconds());
      } else {
        entry.addNull().addNull();
      }
      entry.add(word.confidence()).add(word.status().jsonName()).add(word.line());
    }
    return root;
  }

  private static String about(Alignment alignment) {
    return String.format(
        Locale.ROOT,
        "%d words, %d found; %s, language %s, model %s, confidence %.2f: %s",
        alignment.words().size(),
        alignment.words().stream().filter(AlignedWord::isTimed).count(),
        alignment.mode(),
        alignment.language(),
        alignment.model(),
        alignment.confidence(),
        alignment.verdict().name().toLowerCase(Locale.ROOT));
  }

  private static String peaks(AudioSource source, int columns, double rate) throws IOException {
    Envelope envelope = Envelope.of(source, 0, columns, rate);
    float gain = envelope.peak() > 0 ? 127 / envelope.peak() : 0;
    byte[] peaks = new byte[2 * columns];
    for (int c = 0; c < columns; c++) {
      peaks[2 * c] = (byte) Math.round(envelope.low(c) * gain);
      peaks[2 * c + 1] = (byte) Math.round(envelope.high(c) * gain);
    }
    return Base64.getEncoder().encodeToString(peaks);
  }

  /** The recording as a data URL: as it is if browsers play it and it is small, or as AAC. */
  private static void sound(Path audio, Writer out) throws IOException {
    String name = audio.getFileName().toString().toLowerCase(Locale.ROOT);
    String ending = name.substring(name.lastIndexOf('.') + 1);
    long most = ending.equals("wav") ? MOST_WAV_BYTES : MOST_BYTES;
    if (PLAYABLE.containsKey(ending) && Files.size(audio) <= most) {
      embed(PLAYABLE.get(ending), audio, out);
      return;
    }
    Path encoded = Files.createTempFile("chorale-preview", ".m4a");
    try {
      FfmpegProgram.toM4a(audio, encoded);
      embed("audio/mp4", encoded, out);
    } finally {
      Files.deleteIfExists(encoded);
    }
  }

  private static void embed(String type, Path file, Writer out) throws IOException {
    out.append("data:").append(type).append(";base64,");
    byte[] block = new byte[3 << 14]; // blocks of three bytes need no padding between them
    try (InputStream in = Files.newInputStream(file)) {
      int read;
      while ((read = in.readNBytes(block, 0, block.length)) > 0) {
        byte[] encoded = Base64.getEncoder().encode(Arrays.copyOf(block, read));
        out.append(new String(encoded, StandardCharsets.US_ASCII));
      }
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
