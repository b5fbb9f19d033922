package org.chorale.batch;

import java.util.List;

/**
 * What a job is to align. Immutable.
 *
 * @param items in the order of the manifest, ids unique
 * @param rejected lines that name no item; they count as failed
 */
public record Manifest(List<BatchItem> items, List<Rejected> rejected) {

  /**
   * A line that is no item.
   *
   * @param id its id, or where it stands if it has none of its own
   * @param reason one sentence
   */
  public record Rejected(String id, String reason) {}

  /** Takes immutable copies. */
  public Manifest {
    items = List.copyOf(items);
    rejected = List.copyOf(rejected);
  }
}
