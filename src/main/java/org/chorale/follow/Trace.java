package org.chorale.follow;

/**
 * The words behind a path, last one first: paths that were one share them. What lies before the
 * last word that all paths share is let go. Not thread-safe.
 */
final class Trace {

  /** The word, -1 for the beginning and where a path jumped. */
  final int word;

  final double startSeconds;

  /** The first frame behind it. */
  final int endFrame;

  /** Mean evidence of its phones, nats, and their number. */
  final double evidence;

  final int phones;
  final int depth;

  /** Log odds that what was heard up to here is the text. */
  private final double logOdds;

  private Trace before;
  private boolean settled;

  private Trace(
      Trace before,
      int word,
      double startSeconds,
      int endFrame,
      double evidence,
      int phones,
      int depth,
      double logOdds) {
    this.before = before;
    this.word = word;
    this.startSeconds = startSeconds;
    this.endFrame = endFrame;
    this.evidence = evidence;
    this.phones = phones;
    this.depth = depth;
    this.logOdds = logOdds;
  }

  /** Before the first word. */
  static Trace root() {
    Trace root = new Trace(null, -1, 0, 0, 0, 0, 0, Trust.AT_FIRST);
    root.settled = true;
    return root;
  }

  /**
   * One word more.
   *
   * @param endFrame the first frame behind it
   * @param evidence mean evidence of its phones, nats
   * @param phones their number
   */
  Trace then(int word, double startSeconds, int endFrame, double evidence, int phones) {
    double odds = Trust.after(logOdds, evidence, phones);
    return new Trace(this, word, startSeconds, endFrame, evidence, phones, depth + 1, odds);
  }

  /** A path that goes on elsewhere in the text, which must be shown by what comes. */
  Trace elsewhere() {
    return new Trace(
        this, -1, startSeconds, endFrame, 0, 0, depth + 1, Math.min(logOdds, Trust.AFTER_JUMP));
  }

  /** The word before, null where nothing more is kept. */
  Trace before() {
    return before;
  }

  /** Lets go of the words before. */
  void cut() {
    before = null;
  }

  /** Whether a path that was the best once went through it for long enough. */
  boolean isSettled() {
    return settled;
  }

  void settle() {
    settled = true;
  }

  /** Log odds that what was heard up to the end of this word is the text. */
  double logOdds() {
    return logOdds;
  }

  /** Whether what was heard up to the end of this word is taken for the text. */
  boolean isBelieved() {
    return logOdds > 0;
  }

  /** Whether that would be so with one word more. */
  boolean wouldBeBelieved(double evidenceOfNext, int phonesOfNext) {
    return Trust.after(logOdds, evidenceOfNext, phonesOfNext) > 0;
  }

  /** Whether {@code ancestor} lies on this trace, as far as it is kept. */
  boolean descendsFrom(Trace ancestor) {
    Trace t = this;
    while (t != null && t.depth > ancestor.depth) {
      t = t.before;
    }
    return t == ancestor;
  }

  /** The last word that two traces share. */
  static Trace common(Trace one, Trace other) {
    Trace a = one;
    Trace b = other;
    while (a != b) {
      if (a.depth >= b.depth) {
        a = a.before;
      } else {
        b = b.before;
      }
    }
    return a;
  }
}
