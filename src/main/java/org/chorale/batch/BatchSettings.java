package org.chorale.batch;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How a job aligns and writes. Immutable.
 *
 * @param output folder of the results, local or {@code s3://}
 * @param formats names of the formats that are written of every item, at least one
 * @param phones whether formats that can hold phones get them
 * @param minConfidence words less sure than this are given as missing, 0 to 1
 * @param force whether texts that do not match are written, too
 * @param segments whether clips to train on are cut
 * @param segmentConfidence least confidence of a clip, 0 to 1
 * @param shaping name of the rules of subtitles
 * @param model what tells the models apart: results of other models are redone
 */
public record BatchSettings(
    String output,
    List<String> formats,
    boolean phones,
    double minConfidence,
    boolean force,
    boolean segments,
    double segmentConfidence,
    String shaping,
    String model) {

  /** Checks for nulls and ranges and takes immutable copies. */
  public BatchSettings {
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(shaping, "shaping");
    Objects.requireNonNull(model, "model");
    formats = List.copyOf(formats);
    if (formats.isEmpty()) {
      throw new IllegalArgumentException("at least one format");
    }
  }

  /** What two runs must have in common for a result of one to be a result of the other. */
  public String digest() {
    String all =
        String.join(
            "\n",
            String.join(",", formats),
            String.valueOf(phones),
            String.valueOf(minConfidence),
            String.valueOf(force),
            segments ? String.valueOf(segmentConfidence) : "-",
            shaping,
            model);
    return Fingerprint.hex(Fingerprint.sha256().digest(all.getBytes(StandardCharsets.UTF_8)), 8);
  }

  /**
   * What a node does with its items.
   *
   * @param workers items that are aligned at the same time, at least 1
   * @param prefetch items that are read, checked and decoded ahead of them, at least 1
   * @param timeout the longest that one step of an item may take, the length of its audio apart
   * @param timeoutPerAudioSecond what a second of audio adds to that, seconds
   * @param audioBudget audio that is aligned at the same time; an item that is longer runs alone
   */
  public record Node(
      int workers,
      int prefetch,
      Duration timeout,
      double timeoutPerAudioSecond,
      Duration audioBudget) {

    /** Checks the ranges. */
    public Node {
      if (workers < 1 || prefetch < 1) {
        throw new IllegalArgumentException("workers and prefetch are at least 1");
      }
    }
  }

  /**
   * What becomes of items that fail.
   *
   * @param attempts how often an item is tried whose failure may pass, at least 1
   * @param firstDelay before the second attempt; every further one waits twice as long
   * @param longestDelay the most
   * @param deaths how often the process may end while it works on an item and nothing else
   */
  public record Retries(int attempts, Duration firstDelay, Duration longestDelay, int deaths) {

    /** The pause after so many attempts. */
    Duration delayAfter(int failures) {
      Duration delay = firstDelay.multipliedBy(1L << Math.min(20, failures - 1));
      return delay.compareTo(longestDelay) > 0 ? longestDelay : delay;
    }
  }
}
