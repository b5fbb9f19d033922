package org.chorale.service;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where uploads wait on the disk: a folder of this server alone, which goes with it. Thread-safe.
 */
public final class Spool implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  private final Path folder;

  private Spool(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder.
   *
   * @param parent under which it lies, the system's temporary folder if empty
   * @throws SettingsException when it cannot be made
   */
  public static Spool in(Optional<Path> parent) throws SettingsException {
    try {
      // Only its owner may read it, where the file system knows owners.
      return new Spool(
          parent.isPresent()
              ? Files.createTempDirectory(parent.get(), "chorale-spool-")
              : Files.createTempDirectory("chorale-spool-"));
    } catch (IOException e) {
      throw new SettingsException(
          "No folder for uploads can be made%s (%s); set chorale.service.spool-folder."
              .formatted(
                  parent.map(p -> " in '%s'".formatted(p)).orElse(""),
                  e.getClass().getSimpleName()),
          e);
    }
  }

  /** A new, empty file. */
  Path file() throws IOException {
    return Files.createTempFile(folder, "upload-", ".audio");
  }

  /** Removes a file; nothing happens when it is gone. */
  void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("an upload cannot be removed from the spool", e);
    }
  }

  /** The folder. */
  Path folder() {
    return folder;
  }

  @Override
  public void close() {
    if (!Files.exists(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(this::remove);
    } catch (IOException e) {
      LOG.warn("the spool cannot be emptied", e);
    }
    remove(folder);
  }
}
