package org.chorale.service;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Numbers under which a failure is found in the log; they say nothing by themselves. */
final class Incidents {

  private static final SecureRandom RANDOM = new SecureRandom();

  private Incidents() {}

  /** Eight hexadecimal digits. */
  static String next() {
    byte[] bytes = new byte[4];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
