package org.chorale.export;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.chorale.text.TextDecoder;

/** A file to be read: its bytes and, decoded once, its text. Immutable; thread-safe. */
public final class TimedFile {

  /** Ten hours of JSON with phones are 60 MB. */
  private static final long MAX_BYTES = 128L << 20;

  private final String name;
  private final byte[] bytes;
  private final Optional<Charset> encoding;
  private final String text;

  private TimedFile(String name, byte[] bytes, Optional<Charset> encoding) {
    this.name = name;
    this.bytes = bytes;
    this.encoding = encoding;
    String decoded =
        encoding.map(c -> new String(bytes, c)).orElseGet(() -> TextDecoder.decode(bytes));
    this.text = decoded.startsWith("\uFEFF") ? decoded.substring(1) : decoded;
  }

  /**
   * Takes bytes as they are.
   *
   * @param name how messages call them
   * @param bytes the content, not copied
   */
  public static TimedFile of(String name, byte[] bytes) {
    return new TimedFile(name, bytes, Optional.empty());
  }

  /**
   * Reads a file.
   *
   * @param encoding its encoding; where it is empty the file's byte order mark tells, otherwise it
   *     is UTF-8 or, if it cannot be, windows-1252
   * @throws FormatException one sentence, if it cannot be read or is larger than 128 MiB
   */
  public static TimedFile read(Path file, Optional<Charset> encoding) throws FormatException {
    if (Files.isDirectory(file)) {
      throw new FormatException("'%s' is a folder; name a file inside it.".formatted(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString(), encoding);
    } catch (FormatException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new FormatException("There is no file '%s'; check the path.".formatted(file), e);
    } catch (AccessDeniedException e) {
      throw new FormatException("'%s' may not be read; check its permissions.".formatted(file), e);
    } catch (IOException e) {
      throw new FormatException(
          "'%s' cannot be read (%s); check the file and its disk.".formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * Reads a stream to its end; the caller closes it.
   *
   * @param name how messages call it
   * @param encoding as for a file
   * @throws FormatException if it is larger than 128 MiB
   */
  public static TimedFile read(InputStream in, String name, Optional<Charset> encoding)
      throws IOException {
    byte[] bytes = in.readNBytes((int) MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new FormatException(
          "'%s' is larger than %d MiB; check that it holds words and not audio."
              .formatted(name, MAX_BYTES >> 20));
    }
    return new TimedFile(name, bytes, encoding);
  }

  /** How messages call the file. */
  public String name() {
    return name;
  }

  /** The bytes; not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** The encoding that the user named. */
  Optional<Charset> encoding() {
    return encoding;
  }

  /** The text, without a byte order mark. */
  String text() {
    return text;
  }

  /** The lines of the text, without their ends. */
  List<String> lines() {
    return lines(text);
  }

  /** The lines of any text, without their ends. */
  static List<String> lines(String text) {
    return List.of(text.split("\\r\\n|\\r|\\n", -1));
  }

  /** The same bytes read as if they were in another encoding. */
  TimedFile as(Charset other) {
    return new TimedFile(name, bytes, Optional.of(other));
  }

  /** That something is wrong in a line, from 1. */
  FormatException wrong(int line, String what) {
    return FormatException.at(name, line, what);
  }

  /** That the file as a whole is not what it should be. */
  FormatException wrong(String what) {
    return new FormatException("'%s' %s.".formatted(name, what.replaceAll("\\s+", " ")));
  }
}
