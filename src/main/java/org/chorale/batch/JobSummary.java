package org.chorale.batch;

/**
 * Items by what became of them.
 *
 * @param total all items and rejected lines
 * @param ok aligned
 * @param doubtful aligned, parts may be wrong
 * @param mismatch refused
 * @param failed not aligned, rejected lines included
 * @param done this run's share of them
 * @param audioSeconds audio of all items that were aligned
 */
public record JobSummary(
    int total, int ok, int doubtful, int mismatch, int failed, int done, double audioSeconds)
    implements CborMessage {

  /** Items that are accounted for. */
  public int accounted() {
    return ok + doubtful + mismatch + failed;
  }
}
