package org.chorale.batch;

/**
 * What became of an item, as the journal keeps it.
 *
 * @param stamp its files and settings at that time, without their content
 * @param fingerprint its files and settings by content; empty when they could not be read
 * @param status what became of it
 * @param seconds length of its audio; 0 when it is not known
 * @param confidence 0 to 1; 0 when it was not aligned
 * @param language of the text; empty when it is not known
 * @param error one sentence; empty when there is none
 * @param quarantined whether another attempt cannot help as long as its files are the same
 */
public record ItemRecord(
    String stamp,
    String fingerprint,
    ItemStatus status,
    double seconds,
    double confidence,
    String language,
    String error,
    boolean quarantined)
    implements CborMessage {

  static ItemRecord failed(String stamp, String fingerprint, String error, boolean quarantined) {
    return new ItemRecord(stamp, fingerprint, ItemStatus.FAILED, 0, 0, "", error, quarantined);
  }

  ItemRecord withStamp(String other) {
    return new ItemRecord(
        other, fingerprint, status, seconds, confidence, language, error, quarantined);
  }
}
