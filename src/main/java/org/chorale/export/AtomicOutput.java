package org.chorale.export;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Writes files that appear complete or not at all: written beside their place, then renamed.
 * Devices and pipes are written as they are.
 */
public final class AtomicOutput {

  private AtomicOutput() {}

  /** What writes bytes. */
  @FunctionalInterface
  public interface Bytes {
    /** Writes to {@code out}, which the caller closes. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** What writes the content. */
  @FunctionalInterface
  public interface Content {
    /** Writes to {@code out}, which the caller closes. */
    void writeTo(Writer out) throws IOException;
  }

  /**
   * Writes a text file in UTF-8; folders on the way are made.
   *
   * @throws IOException one sentence that names the file; nothing is left behind
   */
  public static void write(Path file, Content content) throws IOException {
    writeBeside(
        file,
        beside -> {
          try (Writer out = Files.newBufferedWriter(beside, StandardCharsets.UTF_8)) {
            content.writeTo(out);
          }
        });
  }

  /**
   * Writes a file as its content comes; folders on the way are made.
   *
   * @throws IOException one sentence that names the file; nothing is left behind
   */
  public static void writeBytes(Path file, Bytes content) throws IOException {
    writeBeside(
        file,
        beside -> {
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(beside))) {
            content.writeTo(out);
          }
        });
  }

  /**
   * Writes a file of bytes; folders on the way are made.
   *
   * @throws IOException one sentence that names the file; nothing is left behind
   */
  public static void write(Path file, byte[] content) throws IOException {
    writeBeside(file, beside -> Files.write(beside, content));
  }

  /**
   * Has a file written by what needs a file of its own; folders on the way are made.
   *
   * @throws IOException one sentence that names the file; nothing is left behind
   */
  public static void writeFile(Path file, Writing content) throws IOException {
    writeBeside(file, content);
  }

  /** What writes a file. */
  @FunctionalInterface
  public interface Writing {
    /** Writes the file {@code beside}, which is then put in its place. */
    void to(Path beside) throws IOException;
  }

  private static void writeBeside(Path file, Writing writing) throws IOException {
    Path target = file.toAbsolutePath();
    Path beside = null;
    try {
      if (Files.exists(target) && !Files.isRegularFile(target)) {
        writing.to(target); // a device or a pipe: nothing can be put in its place
        return;
      }
      if (Files.isSymbolicLink(target)) {
        target = target.toRealPath(); // what the link points to is replaced, not the link
      }
      Files.createDirectories(target.getParent());
      // Not Files.createTempFile: its files are private, a result has the rights of the user's
      // mask.
      // The number keeps writers apart that have one process id: threads, containers on a shared
      // folder.
      beside =
          target.resolveSibling(
              ".%s.%d.%x.part"
                  .formatted(
                      target.getFileName(),
                      ProcessHandle.current().pid(),
                      ThreadLocalRandom.current().nextInt()));
      writing.to(beside);
      move(beside, target);
      beside = null;
    } catch (IOException e) {
      throw new IOException(
          "'%s' cannot be written (%s); see that the folder may be written and the disk has room."
              .formatted(file, e.getMessage()),
          e);
    } finally {
      if (beside != null) {
        Files.deleteIfExists(beside);
      }
    }
  }

  /**
   * Deletes what processes left behind in a folder and those below it that were killed while they
   * wrote. No other process may be writing there.
   */
  public static void deleteLeftovers(Path folder) throws IOException {
    try (Stream<Path> files = Files.find(folder, Integer.MAX_VALUE, AtomicOutput::isLeftover)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static boolean isLeftover(Path file, BasicFileAttributes attributes) {
    return attributes.isRegularFile()
        && file.getFileName().toString().matches("\\..+\\.\\d+\\.[0-9a-f]+\\.part");
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
