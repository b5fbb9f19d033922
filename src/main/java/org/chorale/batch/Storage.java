package org.chorale.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.chorale.export.AtomicOutput;

/**
 * Where inputs are read and outputs written: local and shared file systems, object stores. Calls
 * block. Implementations are thread-safe.
 */
public interface Storage {

  /** Whether a location is a folder. */
  boolean isFolder(String location);

  /** Files below a folder, relative to it with '/', sorted; hidden ones are left out. */
  List<String> list(String folder) throws IOException;

  /** What tells that a file changed without reading it, such as size and time; never null. */
  String stamp(String location);

  /** Opens a file; the caller closes it. */
  InputStream open(String location) throws IOException;

  /**
   * A file as one of this machine.
   *
   * @param scratch folder for a copy, where one is needed
   */
  Path fetch(String location, Path scratch) throws IOException;

  /** Whether there is such a file. */
  boolean exists(String location);

  /** Writes a file, which appears complete or not at all. */
  void write(String location, AtomicOutput.Bytes content) throws IOException;

  /** Deletes a file, if it is there. */
  void delete(String location) throws IOException;

  /** A name in a manifest, relative to the manifest. */
  String resolve(String manifest, String name);

  /** A file in a folder. */
  String child(String folder, String name);
}
