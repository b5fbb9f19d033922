package org.chorale.follow;

/**
 * What is known of a stream so far. Times are seconds from its first sample; words are indices into
 * the document.
 */
public sealed interface OnlineEvent {

  /** The word. */
  int word();

  /** Where it begins. */
  double startSeconds();

  /**
   * The word that is most likely being spoken, or was the last one; the next one replaces it.
   *
   * @param word index of the word
   * @param startSeconds where it begins
   */
  record Cursor(int word, double startSeconds) implements OnlineEvent {}

  /**
   * A word that no later sound will move; every word at most once.
   *
   * @param word index of the word
   * @param startSeconds where it begins
   * @param endSeconds where it ends, at least {@code startSeconds}
   * @param confidence 0 to 1
   */
  record Final(int word, double startSeconds, double endSeconds, double confidence)
      implements OnlineEvent {}
}
