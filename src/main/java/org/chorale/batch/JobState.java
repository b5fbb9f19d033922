package org.chorale.batch;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashMap;
import java.util.Map;

/**
 * What a job has promised not to forget: what became of every item, and which items were under way.
 * Changed by events only, by the one actor that owns it.
 */
final class JobState implements CborMessage {

  /**
   * Starts of an item without an end.
   *
   * @param count times it was handed out
   * @param alone those of them when nothing else was under way
   */
  record Starts(int count, int alone) implements CborMessage {}

  private final Map<String, ItemRecord> records;
  private final Map<String, Starts> starts;

  /** A job that has done nothing yet. */
  JobState() {
    this(new HashMap<>(), new HashMap<>());
  }

  @JsonCreator
  JobState(
      @JsonProperty("records") Map<String, ItemRecord> records,
      @JsonProperty("starts") Map<String, Starts> starts) {
    this.records = new HashMap<>(records);
    this.starts = new HashMap<>(starts);
  }

  @JsonProperty("records")
  Map<String, ItemRecord> records() {
    return records;
  }

  @JsonProperty("starts")
  Map<String, Starts> starts() {
    return starts;
  }

  ItemRecord record(String id) {
    return records.get(id);
  }

  Starts starts(String id) {
    return starts.getOrDefault(id, new Starts(0, 0));
  }

  void started(String id, boolean alone) {
    Starts before = starts(id);
    starts.put(id, new Starts(before.count() + 1, before.alone() + (alone ? 1 : 0)));
  }

  void finished(String id, ItemRecord record) {
    starts.remove(id);
    records.put(id, record);
  }

  /** An attempt ended without a result; it did not end the process, at least. */
  void returned(String id) {
    starts.remove(id);
  }
}
