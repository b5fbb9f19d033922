package org.chorale.batch;

/**
 * A clip that is ready to train speech models on.
 *
 * @param firstWord its first word in the alignment
 * @param endWord one past its last word
 * @param startSeconds start in the recording
 * @param endSeconds end in the recording
 * @param text what is said in it, white space in single blanks
 * @param confidence mean of its words, 0 to 1
 */
record Segment(
    int firstWord,
    int endWord,
    double startSeconds,
    double endSeconds,
    String text,
    double confidence) {}
