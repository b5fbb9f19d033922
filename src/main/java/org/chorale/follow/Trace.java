package org.chorale.follow;

/**
 * The words behind a path, last one first: paths that were one share them. What lies before the
 * last final word is let go. Not thread-safe.
 */
final class Trace {

  final int word;
  final double startSeconds;
  final int endFrame;
  final double evidence;
  final int depth;
  private Trace before;

  private Trace(
      Trace before, int word, double startSeconds, int endFrame, double evidence, int depth) {
    this.before = before;
    this.word = word;
    this.startSeconds = startSeconds;
    this.endFrame = endFrame;
    this.evidence = evidence;
    this.depth = depth;
  }

  /** Before the first word. */
  static Trace root() {
    return new Trace(null, -1, 0, 0, 0, 0);
  }

  /**
   * One word more.
   *
   * @param endFrame the first frame behind it
   * @param evidence mean evidence of its phones, nats
   */
  Trace then(int word, double startSeconds, int endFrame, double evidence) {
    return new Trace(this, word, startSeconds, endFrame, evidence, depth + 1);
  }

  /** The word before, null where nothing more is kept. */
  Trace before() {
    return before;
  }

  /** Lets go of the words before. */
  void cut() {
    before = null;
  }

  /** Whether {@code ancestor}, of which no word before is kept, lies on this trace. */
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
