package org.chorale.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** What an item is, by the content of its files: items of equal fingerprints have equal results. */
final class Fingerprint {

  private Fingerprint() {}

  /**
   * SHA-256 of an item.
   *
   * @param item its language, mode and the names of its recordings are results, too
   * @param files its recordings and its text, on this machine
   * @param settings digest of the job's settings
   */
  static String of(BatchItem item, List<Path> files, String settings) throws IOException {
    MessageDigest digest = sha256();
    digest.update(identity(item, settings).getBytes(StandardCharsets.UTF_8));
    byte[] block = new byte[1 << 16];
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        int count;
        while ((count = in.read(block)) >= 0) {
          digest.update(block, 0, count);
          if (Thread.currentThread().isInterrupted()) {
            throw new IOException("Reading '%s' was interrupted.".formatted(file));
          }
        }
      }
      digest.update((byte) 0);
    }
    return hex(digest.digest(), 32);
  }

  /** What tells that an item may have changed, without reading its files. */
  static String stamp(BatchItem item, Storage storage, String settings) {
    StringBuilder stamp = new StringBuilder(storage.stamp(item.text()));
    item.audio().forEach(a -> stamp.append(' ').append(storage.stamp(a)));
    byte[] identity = identity(item, settings).getBytes(StandardCharsets.UTF_8);
    return stamp + " " + hex(sha256().digest(identity), 8);
  }

  private static String identity(BatchItem item, String settings) {
    return String.join(
        "\n",
        settings,
        item.language(),
        item.mode(),
        item.passage().name(),
        String.join("\t", item.audioNames()));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String hex(byte[] hash, int bytes) {
    return HexFormat.of().formatHex(hash, 0, bytes);
  }
}
