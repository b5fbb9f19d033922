package org.chorale.synth;

/** Tokens of every phone from expected lengths in seconds. */
final class Durations {

  static final double TOKEN_SECONDS = 0.02;

  /** The pauses at the ends of what is said at one go. */
  static final double LEADING_SECONDS = 0.06;

  static final double TRAILING_SECONDS = 0.28;

  /** The end of a piece that goes on. */
  static final double CUT_SECONDS = 0.12;

  private static final double LONGEST_PHONE = 0.4;
  private static final double LONGEST_PAUSE = 0.6;

  private Durations() {}

  /** The expected lengths, kept within what speakers do, at a speed. */
  static double[] seconds(Encoding sentence, double rate) {
    PhoneString phones = sentence.phones();
    double[] out = new double[phones.length()];
    for (int i = 0; i < out.length; i++) {
      double longest = phones.isPause(i) ? LONGEST_PAUSE : LONGEST_PHONE;
      out[i] = Math.min(longest, Math.max(TOKEN_SECONDS, sentence.seconds()[i])) / rate;
    }
    return out;
  }

  /** Whole tokens: what is rounded off goes to the next phone. Every phone has one, at least. */
  static int[] tokens(double[] seconds) {
    int[] out = new int[seconds.length];
    double time = 0;
    int given = 0;
    for (int i = 0; i < out.length; i++) {
      time += seconds[i];
      out[i] = Math.max(1, (int) Math.round(time / TOKEN_SECONDS) - given);
      given += out[i];
    }
    return out;
  }
}
