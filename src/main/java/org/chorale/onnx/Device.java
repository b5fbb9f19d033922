package org.chorale.onnx;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where models run.
 *
 * @param kind automatic choice, CPU or CUDA
 * @param index number of the CUDA device, 0 where it does not matter
 */
public record Device(Kind kind, int index) {

  private static final Pattern SYNTAX = Pattern.compile("(auto|cpu|cuda)(?::(\\d{1,3}))?");

  /** The kinds of device. */
  public enum Kind {
    /** CUDA where there is one, CPU otherwise. */
    AUTO,
    /** The CPU. */
    CPU,
    /** A CUDA device, or an error. */
    CUDA
  }

  /** The CPU. */
  public static Device cpu() {
    return new Device(Kind.CPU, 0);
  }

  /**
   * Reads {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}.
   *
   * @throws IllegalArgumentException on anything else
   */
  public static Device parse(String text) {
    Matcher m = SYNTAX.matcher(text.toLowerCase(Locale.ROOT));
    if (!m.matches() || (m.group(2) != null && !m.group(1).equals("cuda"))) {
      throw new IllegalArgumentException(
          "'%s' is no device; use auto, cpu, cuda or cuda:N".formatted(text));
    }
    return new Device(
        Kind.valueOf(m.group(1).toUpperCase(Locale.ROOT)),
        m.group(2) == null ? 0 : Integer.parseInt(m.group(2)));
  }
}
