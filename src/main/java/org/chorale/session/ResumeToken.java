package org.chorale.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client comes back with: the session's key, by which any node finds it, and a secret, of
 * which only a digest is kept. Immutable.
 *
 * @param key of the session; 16 letters, digits, hyphens and underscores
 * @param secret what only the client knows
 */
record ResumeToken(String key, String secret) {

  private static final int KEY_BYTES = 12;
  private static final int SECRET_BYTES = 24;
  private static final Pattern WRITTEN =
      Pattern.compile("([A-Za-z0-9_-]{16})\\.([A-Za-z0-9_-]{32})");

  /** A token that nobody has. */
  static ResumeToken fresh(SecureRandom random) {
    return new ResumeToken(random(random, KEY_BYTES), random(random, SECRET_BYTES));
  }

  /** So many random bytes in base64url. */
  static String random(SecureRandom random, int bytes) {
    byte[] out = new byte[bytes];
    random.nextBytes(out);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out);
  }

  /** What a client wrote; empty when it cannot be a token. */
  static Optional<ResumeToken> parse(String written) {
    Matcher parts = WRITTEN.matcher(written);
    return parts.matches()
        ? Optional.of(new ResumeToken(parts.group(1), parts.group(2)))
        : Optional.empty();
  }

  /** As clients get it. */
  String written() {
    return key + "." + secret;
  }

  /** SHA-256 of the secret, hexadecimal. */
  String digest() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(secret.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("a JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "ResumeToken[key=%s]".formatted(key);
  }
}
