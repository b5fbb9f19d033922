package org.chorale.batch;

import akka.actor.typed.ActorSystem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.chorale.export.AtomicOutput;

/** Chooses the store by the address. */
public final class Storages implements Storage {

  private final Storage local = new LocalStorage();
  private final Storage s3;

  private Storages(Storage s3) {
    this.s3 = s3;
  }

  /**
   * Local files and S3.
   *
   * @param patience the longest that one call to S3 may take
   */
  public static Storages of(ActorSystem<?> system, Duration patience) {
    return new Storages(new S3Storage(system, patience));
  }

  /** Whether an address is one of an object store. */
  public static boolean isRemote(String location) {
    return location.startsWith(S3Storage.SCHEME);
  }

  private Storage at(String location) {
    return isRemote(location) ? s3 : local;
  }

  @Override
  public boolean isFolder(String location) {
    return at(location).isFolder(location);
  }

  @Override
  public List<String> list(String folder) throws IOException {
    return at(folder).list(folder);
  }

  @Override
  public String stamp(String location) {
    return at(location).stamp(location);
  }

  @Override
  public InputStream open(String location) throws IOException {
    return at(location).open(location);
  }

  @Override
  public Path fetch(String location, Path scratch) throws IOException {
    return at(location).fetch(location, scratch);
  }

  @Override
  public boolean exists(String location) {
    return at(location).exists(location);
  }

  @Override
  public void write(String location, AtomicOutput.Bytes content) throws IOException {
    at(location).write(location, content);
  }

  @Override
  public void delete(String location) throws IOException {
    at(location).delete(location);
  }

  @Override
  public String resolve(String manifest, String name) {
    return isRemote(name) ? name : at(manifest).resolve(manifest, name);
  }

  @Override
  public String child(String folder, String name) {
    return at(folder).child(folder, name);
  }
}
