package org.chorale.session.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.chorale.session.Recordings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the folder that all nodes see: recordings of sessions that nobody knows any more,
 * because the node that had them died and their client did not come back, are removed. Thread-safe.
 */
final class SharedFolder implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(SharedFolder.class);

  private final Path folder;
  private final ClusterLedger ledger;
  private final Duration age;

  /**
   * A keeper.
   *
   * @param age a recording that was written to more recently is not looked at
   */
  SharedFolder(Path folder, ClusterLedger ledger, Duration age) {
    this.folder = folder;
    this.ledger = ledger;
    this.age = age;
  }

  /** Looks once; what is found out later is done then. Blocks. */
  @Override
  public void run() {
    try {
      for (Path file : old()) {
        Optional<String> key = Recordings.key(file);
        if (key.isPresent()) {
          ledger.isKnown(key.get()).thenAccept(known -> removeUnless(known, file));
        }
      }
    } catch (IOException e) {
      LOG.warn("the folder of shared recordings cannot be looked after", e);
    }
  }

  private List<Path> old() throws IOException {
    Instant before = Instant.now().minus(age);
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> isOlder(file, before)).toList();
    }
  }

  private static boolean isOlder(Path file, Instant before) {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(before);
    } catch (IOException e) {
      return false; // another node was quicker
    }
  }

  private static void removeUnless(boolean known, Path file) {
    if (!known && !file.toFile().delete()) {
      LOG.debug("'{}' was removed by another node", file);
    }
  }
}
