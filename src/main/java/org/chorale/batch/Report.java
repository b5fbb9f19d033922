package org.chorale.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Function;

/**
 * {@code report.jsonl}: a line an item. While the job runs, lines come in the order in which items
 * end; at the end the file is replaced by one in the order of the manifest, the same bytes whatever
 * happened on the way. Used by one actor.
 */
final class Report implements AutoCloseable {

  static final String NAME = "report.jsonl";

  private final ObjectMapper mapper = new ObjectMapper();
  private final Storage storage;
  private final String output;
  private BufferedWriter running;

  Report(Storage storage, String output) {
    this.storage = storage;
    this.output = output;
  }

  /** An item of the report. */
  record Line(String id, List<String> audio, ItemRecord record) {}

  private String location() {
    return storage.child(output, NAME);
  }

  /** Begins with what is known already. An object store gets the report at the end. */
  void begin(List<Line> known) throws IOException {
    close();
    if (!Storages.isRemote(output)) {
      write(known);
      running = Files.newBufferedWriter(Path.of(location()), StandardOpenOption.APPEND);
    }
  }

  /** Adds an item that ended. */
  void add(Line line) throws IOException {
    if (running != null) {
      running.write(json(line));
      running.write('\n');
      running.flush();
    }
  }

  /** Writes the whole, in order. */
  void end(List<Line> lines) throws IOException {
    close();
    write(lines);
  }

  private void write(List<Line> lines) throws IOException {
    storage.write(
        location(),
        out -> {
          for (Line line : lines) {
            out.write((json(line) + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  private String json(Line line) throws JsonProcessingException {
    ItemRecord record = line.record();
    ObjectNode node = mapper.createObjectNode();
    node.put("id", line.id());
    node.put("status", record.status().jsonName());
    if (record.seconds() > 0) {
      node.put("seconds", record.seconds());
      node.put("confidence", record.confidence());
    } else {
      node.putNull("seconds");
      node.putNull("confidence");
    }
    if (record.error().isEmpty()) {
      node.putNull("error");
    } else {
      node.put("error", record.error());
    }
    node.put("language", record.language().isEmpty() ? null : record.language());
    node.put("audio", line.audio().isEmpty() ? null : String.join("|", line.audio()));
    return mapper.writeValueAsString(node);
  }

  /**
   * Joins the clips of all items, in order, to one file.
   *
   * @param ids items whose results there are
   */
  void joinSegments(List<String> ids, String target) throws IOException {
    Function<String, String> clips = id -> storage.child(output, id + OutputNames.SEGMENTS);
    storage.write(
        target,
        out -> {
          OutputStream buffered = new BufferedOutputStream(out);
          for (String id : ids) {
            if (storage.exists(clips.apply(id))) {
              try (InputStream in = storage.open(clips.apply(id))) {
                in.transferTo(buffered);
              }
            }
          }
          buffered.flush();
        });
  }

  @Override
  public void close() throws IOException {
    if (running != null) {
      running.close();
      running = null;
    }
  }
}
