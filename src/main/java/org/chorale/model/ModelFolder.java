package org.chorale.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model on disk: a folder with {@code manifest.json} and the files that it names. A file is
 * handed out only after its length and checksum were found right. Immutable and thread-safe.
 */
public final class ModelFolder {

  private final Path folder;
  private final ModelManifest manifest;

  private ModelFolder(Path folder, ModelManifest manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  /**
   * Opens a model's folder.
   *
   * @throws ModelException when there is no manifest or it is broken
   */
  public static ModelFolder open(Path folder) throws ModelException {
    Path file = folder.resolve("manifest.json");
    if (!Files.isRegularFile(file)) {
      throw new ModelException(
          "There is no model in '%s': it holds no manifest.json; name a model folder with --model."
              .formatted(folder));
    }
    try {
      return new ModelFolder(folder, parse(file, new ObjectMapper().readTree(file.toFile())));
    } catch (JsonProcessingException e) {
      throw broken(file, "it is not JSON (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw broken(file, "it cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Opens every model below a folder, sorted by name, or the one in it; broken ones throw.
   *
   * @throws ModelException when there is no such folder, or a manifest is broken
   */
  public static List<ModelFolder> list(Path root) throws IOException {
    if (Files.isRegularFile(root.resolve("manifest.json"))) {
      return List.of(open(root));
    }
    List<ModelFolder> models = new ArrayList<>();
    if (!Files.isDirectory(root)) {
      throw new ModelException(
          "There is no folder of models at '%s'; reinstall Chorale or set CHORALE_HOME."
              .formatted(root));
    }
    try (var folders = Files.list(root)) {
      for (Path path : folders.sorted().toList()) {
        if (Files.isRegularFile(path.resolve("manifest.json"))) {
          models.add(open(path));
        }
      }
    }
    return models;
  }

  private static ModelManifest parse(Path file, JsonNode json) throws ModelException {
    List<String> languages = new ArrayList<>();
    json.path("languages").forEach(n -> languages.add(n.asText()));
    Map<String, ModelManifest.ModelFile> files = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : json.path("files").properties()) {
      String name = entry.getKey();
      JsonNode value = entry.getValue();
      if (name.contains("/") || name.contains("\\") || name.startsWith(".")) {
        throw broken(file, "it names a file outside its folder: " + name, null);
      }
      files.put(
          name,
          new ModelManifest.ModelFile(text(file, value, "sha256"), value.path("bytes").asLong(-1)));
    }
    if (files.isEmpty()) {
      throw broken(file, "it names no files", null);
    }
    return new ModelManifest(
        text(file, json, "name"),
        text(file, json, "version"),
        text(file, json, "task"),
        languages,
        text(file, json, "licence"),
        files,
        json);
  }

  private static String text(Path file, JsonNode json, String field) throws ModelException {
    JsonNode value = json.path(field);
    if (!value.isTextual() || value.asText().isBlank()) {
      throw broken(file, "'" + field + "' is missing", null);
    }
    return value.asText();
  }

  private static ModelException broken(Path file, String why, Throwable cause) {
    return new ModelException(
        "The model manifest '%s' is broken: %s; restore it or name another model with --model."
            .formatted(file, why),
        cause);
  }

  /** Where the model lies. */
  public Path folder() {
    return folder;
  }

  /** What its manifest says. */
  public ModelManifest manifest() {
    return manifest;
  }

  /** The length of its files: as the manifest gives it, otherwise as they lie on the disk. */
  public long bytes() throws IOException {
    long sum = 0;
    for (Map.Entry<String, ModelManifest.ModelFile> file : manifest.files().entrySet()) {
      long bytes = file.getValue().bytes();
      sum += bytes >= 0 ? bytes : Files.size(check(file.getKey()));
    }
    return sum;
  }

  /** A manifest error of this model, for the packages that read their own fields. */
  public ModelException broken(String why) {
    return broken(folder.resolve("manifest.json"), why, null);
  }

  /**
   * The bytes of a file, checked against the manifest.
   *
   * @throws ModelException when it is not in the manifest, missing, or not what the manifest says
   */
  public byte[] read(String name) throws ModelException {
    Path file = check(name);
    try {
      byte[] bytes = Files.readAllBytes(file);
      compare(file, name, bytes.length, sha256().digest(bytes));
      return bytes;
    } catch (IOException e) {
      if (e instanceof ModelException broken) {
        throw broken;
      }
      throw new ModelException(
          "The model file '%s' cannot be read (%s); check the disk."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * Checks every file.
   *
   * @throws ModelException on the first that is missing or not what the manifest says
   */
  public void verify() throws ModelException {
    for (String name : new TreeMap<>(manifest.files()).keySet()) {
      Path file = check(name);
      MessageDigest digest = sha256();
      long length = 0;
      try (InputStream in = Files.newInputStream(file)) {
        byte[] block = new byte[1 << 16];
        int count;
        while ((count = in.read(block)) > 0) {
          digest.update(block, 0, count);
          length += count;
        }
      } catch (IOException e) {
        throw new ModelException(
            "The model file '%s' cannot be read (%s); check the disk."
                .formatted(file, e.getMessage()),
            e);
      }
      compare(file, name, length, digest.digest());
    }
  }

  private Path check(String name) throws ModelException {
    Path file = folder.resolve(name);
    if (!manifest.files().containsKey(name)) {
      throw broken("it does not name " + name);
    }
    if (!Files.isRegularFile(file)) {
      throw new ModelException(
          "The model file '%s' is missing; restore it or name another model with --model."
              .formatted(file));
    }
    return file;
  }

  private void compare(Path file, String name, long length, byte[] digest) throws ModelException {
    ModelManifest.ModelFile expected = manifest.files().get(name);
    if ((expected.bytes() >= 0 && expected.bytes() != length)
        || !HexFormat.of().formatHex(digest).equals(expected.sha256())) {
      throw new ModelException(
          "The model file '%s' is damaged: its checksum is not that of the manifest; restore it."
              .formatted(file));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
