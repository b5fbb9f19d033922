package org.chorale.batch;

import akka.actor.typed.ActorSystem;
import akka.stream.alpakka.s3.ObjectMetadata;
import akka.stream.alpakka.s3.S3Exception;
import akka.stream.alpakka.s3.javadsl.S3;
import akka.stream.javadsl.FileIO;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.StreamConverters;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.chorale.export.AtomicOutput;

/**
 * S3 and stores like it, at addresses {@code s3://bucket/key}. Endpoint and credentials are those
 * of {@code alpakka.s3}. What is read is copied to a local file first, since containers are read to
 * and fro; what is written appears when its upload is complete.
 */
final class S3Storage implements Storage {

  static final String SCHEME = "s3://";

  private final ActorSystem<?> system;
  private final Duration patience;

  /**
   * A store.
   *
   * @param patience the longest that one call may take
   */
  S3Storage(ActorSystem<?> system, Duration patience) {
    this.system = system;
    this.patience = patience;
  }

  private record Address(String bucket, String key) {
    static Address of(String location) {
      String rest = location.substring(SCHEME.length());
      int slash = rest.indexOf('/');
      return slash < 0
          ? new Address(rest, "")
          : new Address(rest.substring(0, slash), rest.substring(slash + 1));
    }
  }

  @Override
  public boolean isFolder(String location) {
    return location.endsWith("/") || Address.of(location).key().isEmpty();
  }

  @Override
  public List<String> list(String folder) throws IOException {
    Address address = Address.of(child(folder, ""));
    Optional<String> prefix =
        address.key().isEmpty() ? Optional.empty() : Optional.of(address.key());
    List<String> keys =
        await(
            folder,
            S3.listBucket(address.bucket(), prefix)
                .map(found -> found.key().substring(address.key().length()))
                .filter(name -> !name.isEmpty() && !name.endsWith("/"))
                .filter(name -> !("/" + name).contains("/."))
                .runWith(Sink.seq(), system));
    return keys.stream().sorted().toList();
  }

  private Optional<ObjectMetadata> metadata(String location) throws IOException {
    Address address = Address.of(location);
    return await(
        location,
        S3.getObjectMetadata(address.bucket(), address.key()).runWith(Sink.head(), system));
  }

  @Override
  public String stamp(String location) {
    try {
      return metadata(location)
          .map(m -> m.contentLength() + "@" + m.getETag().orElse(""))
          .orElse("none");
    } catch (IOException e) {
      return "unknown";
    }
  }

  @Override
  public boolean exists(String location) {
    try {
      return metadata(location).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public InputStream open(String location) throws IOException {
    if (!exists(location)) {
      throw new FileNotFoundException("there is no object '%s'".formatted(location));
    }
    Address address = Address.of(location);
    return S3.getObject(address.bucket(), address.key())
        .runWith(StreamConverters.asInputStream(patience), system);
  }

  @Override
  public Path fetch(String location, Path scratch) throws IOException {
    Address address = Address.of(location);
    if (metadata(location).isEmpty()) {
      throw new FileNotFoundException(
          "There is no object '%s'; check the name.".formatted(location));
    }
    Path copy = scratch.resolve(address.key().substring(address.key().lastIndexOf('/') + 1));
    await(
        location,
        S3.getObject(address.bucket(), address.key()).runWith(FileIO.toPath(copy), system));
    return copy;
  }

  @Override
  public void write(String location, AtomicOutput.Bytes content) throws IOException {
    Address address = Address.of(location);
    Path local = Files.createTempFile("chorale-", ".upload");
    try {
      try (var out = Files.newOutputStream(local)) {
        content.writeTo(out);
      }
      await(
          location,
          FileIO.fromPath(local)
              .runWith(S3.multipartUpload(address.bucket(), address.key()), system));
    } finally {
      Files.deleteIfExists(local);
    }
  }

  @Override
  public void delete(String location) throws IOException {
    Address address = Address.of(location);
    await(
        location, S3.deleteObject(address.bucket(), address.key()).runWith(Sink.ignore(), system));
  }

  @Override
  public String resolve(String manifest, String name) {
    int slash = manifest.lastIndexOf('/');
    return manifest.substring(0, slash + 1) + name;
  }

  @Override
  public String child(String folder, String name) {
    return (folder.endsWith("/") ? folder : folder + "/") + name;
  }

  private <T> T await(String location, CompletionStage<T> stage) throws IOException {
    try {
      return stage.toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "'%s' did not answer within %d s; check the endpoint of alpakka.s3."
              .formatted(location, patience.toSeconds()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Access to '%s' was interrupted.".formatted(location), e);
    } catch (ExecutionException e) {
      Throwable cause =
          e.getCause() instanceof CompletionException c && c.getCause() != null
              ? c.getCause()
              : e.getCause();
      String reason =
          cause instanceof S3Exception s3 ? s3.code() : String.valueOf(cause.getMessage());
      throw new IOException(
          "'%s' cannot be reached (%s); check the address and the settings of alpakka.s3."
              .formatted(location, reason),
          cause);
    }
  }
}
