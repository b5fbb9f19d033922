package org.chorale.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.chorale.engine.AlignmentMode;
import org.chorale.text.TextDecoder;

/**
 * Reads manifests: tab-separated values, JSON Lines, or a folder in which {@code NAME.txt} lies
 * beside {@code NAME.<audio ending>}. A line that is no item is kept with its reason. Thread-safe.
 */
public final class ManifestReader {

  /** Columns of a table without a heading, in their order. */
  private static final List<String> COLUMNS =
      List.of("id", "audio", "text", "language", "mode", "passage");

  /** Endings that FFmpeg decodes and archives use. */
  private static final Set<String> AUDIO =
      Set.of(
          "wav", "mp3", "flac", "ogg", "oga", "opus", "m4a", "m4b", "aac", "wma", "aif", "aiff",
          "aifc", "au", "caf", "ac3", "amr", "ape", "wv", "mka", "mp4", "m4v", "mkv", "webm", "mov",
          "avi", "mpg", "mpeg", "ts", "flv", "3gp", "wmv");

  private static final int MANIFEST_BYTES = 256 << 20;

  private final Storage storage;
  private final String language;
  private final String mode;

  /**
   * A reader.
   *
   * @param storage where manifests and folders are
   * @param language of items that name none
   * @param mode of items that name none
   */
  public ManifestReader(Storage storage, String language, String mode) {
    this.storage = storage;
    this.language = language;
    this.mode = mode;
  }

  /**
   * Reads a manifest.
   *
   * @param location a file, a folder, or an {@code s3://} address of either; folders end with '/'
   *     there
   * @throws ManifestException when it cannot be read or names nothing
   */
  public Manifest read(String location) throws IOException {
    Manifest manifest =
        storage.isFolder(location) ? folder(location) : lines(location, text(location));
    if (manifest.items().isEmpty() && manifest.rejected().isEmpty()) {
      throw new ManifestException(
          storage.isFolder(location)
              ? "The folder '%s' holds no recording beside a text of its name (NAME.mp3 and NAME.txt); add some, or name a manifest."
                  .formatted(location)
              : "The manifest '%s' names no item; write one a line: id, audio, text, parted by tabs."
                  .formatted(location));
    }
    return manifest;
  }

  private String text(String location) throws IOException {
    try (InputStream in = storage.open(location)) {
      byte[] bytes = in.readNBytes(MANIFEST_BYTES + 1);
      if (bytes.length > MANIFEST_BYTES) {
        throw new ManifestException(
            "The manifest '%s' is larger than 256 MiB; part it.".formatted(location));
      }
      return TextDecoder.decode(bytes);
    } catch (ManifestException e) {
      throw e;
    } catch (IOException e) {
      throw new ManifestException(
          "The manifest '%s' cannot be read (%s); check the name."
              .formatted(location, e.getMessage()),
          e);
    }
  }

  /** Gathers items; no id comes twice, none leads out of the output folder. */
  private static final class Collector {
    private final List<BatchItem> items = new ArrayList<>();
    private final List<Manifest.Rejected> rejected = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    void add(BatchItem item, String place) {
      String fault = fault(item.id());
      if (fault != null) {
        reject(place, "The id '%s' %s.".formatted(item.id(), fault));
      } else if (!ids.add(item.id())) {
        reject(place, "The id '%s' stands in the manifest twice.".formatted(item.id()));
      } else {
        items.add(item);
      }
    }

    /** A reason under an id of its own, whatever others are called. */
    void reject(String id, String reason) {
      String own = id;
      for (int n = 2; !ids.add(own); n++) {
        own = id + "#" + n;
      }
      rejected.add(new Manifest.Rejected(own, reason));
    }

    private static String fault(String id) {
      if (id.isBlank() || id.length() > 200) {
        return "is empty or longer than 200 characters";
      }
      if (id.chars().anyMatch(c -> c < ' ' || c == '\\' || c == ':')) {
        return "holds a character that file names may not have";
      }
      boolean leaves =
          id.startsWith("/")
              || Arrays.stream(id.split("/", -1))
                  .anyMatch(p -> p.isEmpty() || p.equals(".") || p.equals(".."));
      return leaves ? "leads out of the output folder" : null;
    }

    Manifest manifest() {
      return new Manifest(items, rejected);
    }
  }

  private Manifest lines(String location, String text) {
    Collector out = new Collector();
    Map<String, Integer> columns = positions(COLUMNS);
    List<String> rows = text.lines().toList();
    boolean first = true;
    for (int i = 0; i < rows.size(); i++) {
      String row = rows.get(i);
      if (row.isBlank() || row.startsWith("#")) {
        continue;
      }
      String place = "line-" + (i + 1);
      if (row.stripLeading().startsWith("{")) {
        json(row, location, place, out);
      } else {
        List<String> cells = Arrays.asList(row.split("\t", -1));
        List<String> names = cells.stream().map(c -> c.strip().toLowerCase(Locale.ROOT)).toList();
        if (first && names.contains("audio") && names.contains("text")) {
          columns = positions(names);
        } else {
          table(cells, columns, location, place, out);
        }
      }
      first = false;
    }
    return out.manifest();
  }

  private static Map<String, Integer> positions(List<String> names) {
    Map<String, Integer> positions = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      positions.put(names.get(i), i);
    }
    return positions;
  }

  private void table(
      List<String> cells,
      Map<String, Integer> columns,
      String location,
      String place,
      Collector out) {
    Map<String, String> fields = new HashMap<>();
    columns.forEach(
        (name, at) -> {
          if (at < cells.size() && !cells.get(at).isBlank()) {
            fields.put(name, cells.get(at).strip());
          }
        });
    // Parts of one recording are told by '|', which file names seldom have; JSON Lines can say it.
    String audio = fields.getOrDefault("audio", "");
    item(fields, List.of(audio.split("\\|")), location, place, out);
  }

  private void json(String row, String location, String place, Collector out) {
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(row);
    } catch (JsonProcessingException e) {
      out.reject(place, "It is not JSON (%s).".formatted(e.getOriginalMessage()));
      return;
    }
    Map<String, String> fields = new HashMap<>();
    for (String name : COLUMNS) {
      if (json.path(name).isValueNode() && !json.path(name).isNull()) {
        fields.put(name, json.path(name).asText());
      }
    }
    List<String> audio = new ArrayList<>();
    if (json.path("audio").isArray()) {
      json.path("audio").forEach(a -> audio.add(a.asText()));
    } else {
      audio.add(fields.getOrDefault("audio", ""));
    }
    item(fields, audio, location, place, out);
  }

  private void item(
      Map<String, String> fields,
      List<String> audio,
      String location,
      String place,
      Collector out) {
    String id = fields.getOrDefault("id", place);
    List<String> names = audio.stream().map(String::strip).filter(a -> !a.isEmpty()).toList();
    if (names.isEmpty()) {
      out.reject(id, "It names no audio.");
      return;
    }
    if (!fields.containsKey("text")) {
      out.reject(id, "It names no text.");
      return;
    }
    if (!fields.containsKey("id")) {
      id = withoutEnding(names.get(0).substring(names.get(0).lastIndexOf('/') + 1));
    }
    String itemMode = fields.getOrDefault("mode", mode).toLowerCase(Locale.ROOT);
    if (AlignmentMode.of(itemMode).isEmpty()) {
      out.reject(
          id,
          "'%s' is no mode; use speech, lyrics or auto."
              .formatted(fields.getOrDefault("mode", "")));
      return;
    }
    try {
      Passage passage = Passage.parse(fields.getOrDefault("passage", "auto"));
      List<String> places = new ArrayList<>();
      for (String name : names) {
        places.add(storage.resolve(location, name));
      }
      out.add(
          new BatchItem(
              id,
              places,
              names,
              storage.resolve(location, fields.get("text")),
              primary(fields.getOrDefault("language", language)),
              itemMode,
              passage),
          place);
    } catch (IllegalArgumentException e) {
      out.reject(id, e.getMessage() + ".");
    }
  }

  static String primary(String language) {
    return language.strip().toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
  }

  private Manifest folder(String location) throws IOException {
    Map<String, List<String>> recordings = new TreeMap<>();
    Set<String> texts = new HashSet<>();
    for (String file : storage.list(location)) {
      String ending = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
      if (ending.equals("txt")) {
        texts.add(withoutEnding(file));
      } else if (AUDIO.contains(ending)) {
        recordings.computeIfAbsent(withoutEnding(file), n -> new ArrayList<>()).add(file);
      }
    }
    Collector out = new Collector();
    Map<String, String> alone = new LinkedHashMap<>();
    recordings.forEach(
        (name, files) -> {
          if (!texts.contains(name)) {
            alone.put(name, "There is no text '%s.txt' beside '%s'.".formatted(name, files.get(0)));
            return;
          }
          // song.mp3 and song.flac with one text are two items; each keeps its ending.
          for (String file : files) {
            String id = files.size() == 1 ? name : file;
            String full = storage.child(location, file);
            String text = storage.child(location, name + ".txt");
            out.add(
                new BatchItem(
                    id, List.of(full), List.of(file), text, primary(language), mode, Passage.AUTO),
                id);
          }
        });
    alone.forEach(out::reject);
    return out.manifest();
  }

  private static String withoutEnding(String name) {
    int dot = name.lastIndexOf('.');
    return dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
  }
}
