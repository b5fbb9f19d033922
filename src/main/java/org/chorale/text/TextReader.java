package org.chorale.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Reads text files and standard input.
 *
 * <p>Encodings: UTF-16 or UTF-32 where a byte order mark says so, otherwise UTF-8 with or without
 * one; bytes that are not valid UTF-8 are taken for windows-1252, which old Western lyrics files
 * use and which never fails (its five unassigned bytes become U+FFFD).
 *
 * <p>Immutable; safe to share between threads.
 */
public final class TextReader {

  /** The largest input read by default, in bytes (64 MiB). */
  public static final long DEFAULT_MAX_BYTES = 64L << 20;

  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  private final long maxBytes;

  /** A reader with the default limit. */
  public TextReader() {
    this(DEFAULT_MAX_BYTES);
  }

  /**
   * A reader with a limit of its own.
   *
   * @param maxBytes largest input in bytes, 1 to 1 GiB
   */
  public TextReader(long maxBytes) {
    if (maxBytes < 1 || maxBytes > 1L << 30) {
      throw new IllegalArgumentException("maxBytes must be 1 to 2^30, not " + maxBytes);
    }
    this.maxBytes = maxBytes;
  }

  /**
   * Reads a file, or {@link System#in} where {@code source} is "-".
   *
   * @throws TextException if there is no text to be had from it
   */
  public TextFile read(String source) throws TextException {
    Objects.requireNonNull(source, "source");
    if (source.equals("-")) {
      return read(System.in, "standard input");
    }
    try {
      return read(Path.of(source));
    } catch (InvalidPathException e) {
      throw new TextException(
          "The text file '%s' is not a valid path; check its name.".formatted(source), e);
    }
  }

  /**
   * Reads a file.
   *
   * @throws TextException if it is missing, a folder, unreadable, too large, binary or empty
   */
  public TextFile read(Path file) throws TextException {
    String name = file.toString();
    if (Files.isDirectory(file)) {
      throw new TextException(
          "The text '%s' is a folder; name a text file inside it, or '-' for standard input."
              .formatted(name));
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, name);
    } catch (NoSuchFileException e) {
      throw new TextException(
          "The text file '%s' does not exist; check the path, or pass '-' to read standard input."
              .formatted(name),
          e);
    } catch (AccessDeniedException e) {
      throw new TextException(
          "The text file '%s' may not be read; check its permissions.".formatted(name), e);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /**
   * Reads a stream to its end; the caller closes it.
   *
   * @param name how messages call it; an ending such as ".srt" helps to tell the format
   * @throws TextException if it is unreadable, too large, binary or empty
   */
  public TextFile read(InputStream in, String name) throws TextException {
    byte[] bytes;
    try {
      bytes = in.readNBytes((int) (maxBytes + 1));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
    if (bytes.length > maxBytes) {
      throw new TextException(
          "The text '%s' is larger than %,d bytes; split it, or check that it is the text and not the audio."
              .formatted(name, maxBytes));
    }
    String text = decode(bytes, name);
    if (isBlank(text)) {
      throw new TextException(
          "The text '%s' is empty; put the words that are spoken or sung into it.".formatted(name));
    }
    TextFormat format = TextFormats.detect(name, text);
    String words = TextFormats.strip(format, text);
    if (isBlank(words)) {
      throw new TextException(
          "The text '%s' holds only times and markup; add the words that are spoken or sung."
              .formatted(name));
    }
    return new TextFile(name, format, words);
  }

  private static TextException unreadable(String name, IOException e) {
    return new TextException(
        "The text '%s' cannot be read (%s); check the file and its disk."
            .formatted(name, Objects.requireNonNullElse(e.getMessage(), e.getClass().getName())),
        e);
  }

  private static boolean isBlank(String text) {
    return text.codePoints().allMatch(c -> Whitespace.is(c) || c == 0xFEFF);
  }

  private static String decode(byte[] bytes, String name) throws TextException {
    if (startsWith(bytes, 0xFF, 0xFE, 0, 0)) {
      return text(bytes, 4, Charset.forName("UTF-32LE"), name);
    }
    if (startsWith(bytes, 0, 0, 0xFE, 0xFF)) {
      return text(bytes, 4, Charset.forName("UTF-32BE"), name);
    }
    if (startsWith(bytes, 0xFF, 0xFE)) {
      return text(bytes, 2, StandardCharsets.UTF_16LE, name);
    }
    if (startsWith(bytes, 0xFE, 0xFF)) {
      return text(bytes, 2, StandardCharsets.UTF_16BE, name);
    }
    int skip = startsWith(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0;
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, skip, bytes.length - skip))
              .toString();
      return checked(text, name);
    } catch (CharacterCodingException e) {
      return text(bytes, 0, WINDOWS_1252, name);
    }
  }

  private static String text(byte[] bytes, int skip, Charset charset, String name)
      throws TextException {
    return checked(new String(bytes, skip, bytes.length - skip, charset), name);
  }

  /** NUL characters are what tells audio, archives and UTF-16 without its mark from text. */
  private static String checked(String text, String name) throws TextException {
    if (text.indexOf('\0') >= 0) {
      throw new TextException(
          "The text '%s' is a binary file; pass plain text in UTF-8, or .srt, .vtt or .lrc."
              .formatted(name));
    }
    return text;
  }

  private static boolean startsWith(byte[] bytes, int... mark) {
    if (bytes.length < mark.length) {
      return false;
    }
    for (int i = 0; i < mark.length; i++) {
      if ((bytes[i] & 0xFF) != mark[i]) {
        return false;
      }
    }
    return true;
  }
}
