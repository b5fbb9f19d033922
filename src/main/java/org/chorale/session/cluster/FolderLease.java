package org.chorale.session.cluster;

import akka.actor.ExtendedActorSystem;
import akka.coordination.lease.LeaseSettings;
import akka.coordination.lease.javadsl.Lease;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A lease that is a file in the folder that all nodes see. With it the folder has the casting vote
 * when a cluster falls apart: two nodes of which one is gone cannot tell a dead neighbour from a
 * cut cable, and whoever creates the file goes on. It is held without renewal: it serves a
 * decision, not a lock that is kept. A file that is older than the settings' time-out was left by a
 * node that died; it is moved away, which only one node can do. Thread-safe.
 */
public final class FolderLease extends Lease {

  private final LeaseSettings settings;
  private final Path file;
  private final Duration timeout;
  private final Executor blocking;

  /** For Akka, which makes it by reflection. */
  public FolderLease(LeaseSettings settings, ExtendedActorSystem system) {
    this(
        settings,
        Path.of(system.settings().config().getString("chorale.session.cluster.folder")),
        system.dispatchers().lookup("chorale.session.storage-dispatcher"));
  }

  FolderLease(LeaseSettings settings, Path folder, Executor blocking) {
    this.settings = settings;
    this.file = folder.resolve(settings.leaseName() + ".lease");
    this.timeout = settings.timeoutSettings().getHeartbeatTimeout();
    this.blocking = blocking;
  }

  @Override
  public LeaseSettings getSettings() {
    return settings;
  }

  @Override
  public CompletionStage<Boolean> acquire() {
    return CompletableFuture.supplyAsync(this::take, blocking);
  }

  @Override
  public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> leaseLostCallback) {
    return acquire();
  }

  private boolean take() {
    try {
      moveAwayIfOld();
      return create() || isMine();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Writes the owner beside and links it into place: the file is never there without its owner. */
  private boolean create() throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID());
    try {
      Files.writeString(beside, settings.ownerName(), StandardCharsets.UTF_8);
      Files.createLink(file, beside);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** One at a time: whoever looked before another moved it away must look again, at a new file. */
  private void moveAwayIfOld() throws IOException {
    if (!isOld(file)) {
      return;
    }
    Path guard = file.resolveSibling(file.getFileName() + ".guard");
    if (isOld(guard)) {
      Files.deleteIfExists(guard); // its node died between two lines
    }
    try {
      Files.createFile(guard);
    } catch (FileAlreadyExistsException e) {
      return;
    }
    try {
      if (isOld(file)) {
        Files.deleteIfExists(file);
      }
    } finally {
      Files.deleteIfExists(guard);
    }
  }

  private boolean isOld(Path path) throws IOException {
    try {
      return Files.getLastModifiedTime(path).toInstant().isBefore(Instant.now().minus(timeout));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private boolean isMine() throws IOException {
    try {
      return Files.readString(file, StandardCharsets.UTF_8).equals(settings.ownerName());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public CompletionStage<Boolean> release() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return isMine() && Files.deleteIfExists(file);
          } catch (IOException e) {
            return false;
          }
        },
        blocking);
  }

  @Override
  public boolean checkLease() {
    try {
      return isMine();
    } catch (IOException e) {
      return false;
    }
  }
}
