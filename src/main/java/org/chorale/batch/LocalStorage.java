package org.chorale.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.chorale.export.AtomicOutput;

/** File systems, local or shared. */
final class LocalStorage implements Storage {

  @Override
  public boolean isFolder(String location) {
    return Files.isDirectory(Path.of(location));
  }

  @Override
  public List<String> list(String folder) throws IOException {
    Path root = Path.of(folder);
    List<String> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            boolean hidden = !path.equals(root) && path.getFileName().toString().startsWith(".");
            return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (!path.getFileName().toString().startsWith(".")) {
              files.add(root.relativize(path).toString().replace('\\', '/'));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return files;
  }

  @Override
  public String stamp(String location) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(Path.of(location), BasicFileAttributes.class);
      return attributes.size() + "@" + attributes.lastModifiedTime().toMillis();
    } catch (IOException | IllegalArgumentException e) {
      return "none";
    }
  }

  @Override
  public InputStream open(String location) throws IOException {
    return Files.newInputStream(Path.of(location));
  }

  @Override
  public Path fetch(String location, Path scratch) {
    return Path.of(location);
  }

  @Override
  public boolean exists(String location) {
    return Files.exists(Path.of(location));
  }

  @Override
  public void write(String location, AtomicOutput.Bytes content) throws IOException {
    AtomicOutput.writeBytes(Path.of(location), content);
  }

  @Override
  public void delete(String location) throws IOException {
    Files.deleteIfExists(Path.of(location));
  }

  @Override
  public String resolve(String manifest, String name) {
    return Path.of(manifest).toAbsolutePath().resolveSibling(name).normalize().toString();
  }

  @Override
  public String child(String folder, String name) {
    return Path.of(folder).toAbsolutePath().resolve(name).normalize().toString();
  }
}
