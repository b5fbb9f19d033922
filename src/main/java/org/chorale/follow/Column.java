package org.chorale.follow;

import java.util.Arrays;

/**
 * The best path into every node of the text after one frame, and what it has seen of the word it is
 * in. Nodes whose score is minus infinity are dead, whatever else they hold. Not thread-safe.
 */
final class Column {

  /** {@link #word} of a path that is in no word. */
  static final int NO_WORD = -1;

  /** Score of the path less that of the best one. */
  final float[] score;

  /** The words it has left. */
  final Trace[] trace;

  /** The word it is in, or {@link #NO_WORD}. */
  final int[] word;

  /** Where that word began, seconds. */
  final double[] startSeconds;

  /** Sum of the evidence of the phones of the word that it has left, and their number. */
  final float[] phoneSum;

  final int[] phones;

  /** Sum of the evidence of the frames of the phone that it is in, and their number. */
  final float[] frameSum;

  final int[] frames;

  /** The class of its last frame. */
  final int[] lastClass;

  Column(int nodes) {
    score = new float[nodes];
    trace = new Trace[nodes];
    word = new int[nodes];
    startSeconds = new double[nodes];
    phoneSum = new float[nodes];
    phones = new int[nodes];
    frameSum = new float[nodes];
    frames = new int[nodes];
    lastClass = new int[nodes];
    clear(0, nodes);
  }

  /** Kills the nodes of a range, and lets go of their traces. */
  void clear(int from, int to) {
    Arrays.fill(score, from, to, Float.NEGATIVE_INFINITY);
    Arrays.fill(trace, from, to, null);
  }

  void kill(int node) {
    score[node] = Float.NEGATIVE_INFINITY;
    trace[node] = null;
  }

  boolean isAlive(int node) {
    return score[node] > Float.NEGATIVE_INFINITY;
  }

  /** Takes over what a path has seen, its score aside. */
  void take(int node, Column from, int source) {
    trace[node] = from.trace[source];
    word[node] = from.word[source];
    startSeconds[node] = from.startSeconds[source];
    phoneSum[node] = from.phoneSum[source];
    phones[node] = from.phones[source];
    frameSum[node] = from.frameSum[source];
    frames[node] = from.frames[source];
    lastClass[node] = from.lastClass[source];
  }

  /** A path that has just come here, in no word. */
  void begin(int node, Trace words, int lastClassOfPath) {
    trace[node] = words;
    word[node] = NO_WORD;
    frames[node] = 0;
    lastClass[node] = lastClassOfPath;
  }
}
