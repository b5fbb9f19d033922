package org.chorale.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Reads text files and standard input.
 *
 * <p>Encodings are told apart as {@link TextDecoder} does.
 *
 * <p>Immutable; safe to share between threads.
 */
public final class TextReader {

  /** The largest input read by default, in bytes (64 MiB). */
  public static final long DEFAULT_MAX_BYTES = 64L << 20;

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
    String text = checked(TextDecoder.decode(bytes), name);
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

  /** NUL characters are what tells audio, archives and UTF-16 without its mark from text. */
  private static String checked(String text, String name) throws TextException {
    if (text.indexOf('\0') >= 0) {
      throw new TextException(
          "The text '%s' is a binary file; pass plain text in UTF-8, or .srt, .vtt or .lrc."
              .formatted(name));
    }
    return text;
  }
}
