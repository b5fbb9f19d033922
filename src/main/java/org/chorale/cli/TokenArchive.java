package org.chorale.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.synth.TokenGroups;
import org.chorale.synth.WordTokens;

/**
 * Tokens as NumPy's archive: {@code tokens} [T], and with a text {@code text} [W], {@code start},
 * {@code end} in seconds, {@code first}, {@code count} of tokens, {@code embedding} [W, width].
 */
final class TokenArchive implements TokenGroups.Sink {

  private final Alignment alignment;
  private final int[] first;
  private final int[] count;
  private final float[][] embeddings;
  private short[] tokens = new short[1 << 12];
  private int length;
  private int width;

  TokenArchive(Alignment alignment) {
    int words = alignment == null ? 0 : alignment.words().size();
    this.alignment = alignment;
    this.first = new int[words];
    this.count = new int[words];
    this.embeddings = new float[words][];
  }

  @Override
  public void group(int word, WordTokens group) {
    for (int token : group.tokens()) {
      if (length == tokens.length) {
        tokens = Arrays.copyOf(tokens, 2 * length);
      }
      tokens[length++] = (short) token;
    }
    if (word >= 0) {
      first[word] = Math.toIntExact(group.first());
      count[word] = group.tokens().length;
      embeddings[word] = group.embedding();
      width = Math.max(width, group.embedding().length);
    }
  }

  void write(OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    ByteBuffer values = buffer(2L * length);
    for (int i = 0; i < length; i++) {
      values.putShort(tokens[i]);
    }
    array(zip, "tokens", "<i2", "(" + length + ",)", values);
    if (alignment != null) {
      words(zip);
    }
    zip.finish();
  }

  private void words(ZipOutputStream zip) throws IOException {
    int words = first.length;
    String shape = "(" + words + ",)";
    int longest = 1;
    for (AlignedWord word : alignment.words()) {
      longest = Math.max(longest, word.text().codePointCount(0, word.text().length()));
    }
    ByteBuffer text = buffer(4L * longest * words);
    ByteBuffer start = buffer(8L * words);
    ByteBuffer end = buffer(8L * words);
    ByteBuffer firsts = buffer(4L * words);
    ByteBuffer counts = buffer(4L * words);
    ByteBuffer vectors = buffer(4L * words * width);
    for (int w = 0; w < words; w++) {
      AlignedWord word = alignment.words().get(w);
      text.position(4 * longest * w);
      word.text().codePoints().forEach(text::putInt);
      start.putDouble(word.startSeconds());
      end.putDouble(word.endSeconds());
      firsts.putInt(first[w]);
      counts.putInt(count[w]);
      for (float value : Arrays.copyOf(embeddings[w], width)) {
        vectors.putFloat(value);
      }
    }
    text.position(0);
    array(zip, "text", "<U" + longest, shape, text);
    array(zip, "start", "<f8", shape, start);
    array(zip, "end", "<f8", shape, end);
    array(zip, "first", "<i4", shape, firsts);
    array(zip, "count", "<i4", shape, counts);
    array(zip, "embedding", "<f4", "(" + words + ", " + width + ")", vectors);
  }

  private static ByteBuffer buffer(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** One array in NumPy's format, version 1. */
  private static void array(
      ZipOutputStream zip, String name, String type, String shape, ByteBuffer values)
      throws IOException {
    String description =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    int padding = 63 - (10 + description.length()) % 64;
    byte[] header = (description + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    zip.putNextEntry(new ZipEntry(name + ".npy"));
    zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    zip.write(new byte[] {(byte) header.length, (byte) (header.length >> 8)});
    zip.write(header);
    zip.write(values.array());
    zip.closeEntry();
  }
}
