package org.chorale.align;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Places where it is plain which word of the text is heard: rows of phones that occur once in what
 * the model hears and once in the text. Of these the longest chain that runs forward in both is
 * taken, of the chain what has a neighbour that agrees with it; and around every jump of the chain
 * - a passage that only one of the two has - as much is given back as the jump is long, because a
 * repeated passage can be heard as its first half here and its second half there. Immutable.
 *
 * @param frames frame of every anchor, increasing
 * @param words the word that is heard there, never decreasing
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record Anchors(int[] frames, int[] words) {

  /** Phones in a row that must agree; as many of 6 bits fill no more than a long. */
  private static final int ROW = 8;

  /** How far, in phones, the neighbour that agrees may be. */
  private static final int NEIGHBOURHOOD = 160;

  /** The longest stretch on either side of a jump that is given back, phones; some four minutes. */
  private static final int MOST_GIVEN_BACK = 3000;

  /** Phones without an anchor on either side from which guesses are made; half a minute. */
  private static final int FAR = 400;

  /** The most places of a row in the text that are looked at when guessing. */
  private static final int MOST_REPEATS = 32;

  private static final int ABSENT = -1;
  private static final int REPEATED = -2;

  /** No anchors. */
  static Anchors none() {
    return new Anchors(new int[0], new int[0]);
  }

  /** The anchors of a recording and its text; time is linear in both but for a sort. */
  static Anchors between(HeardPhones heard, WrittenPhones written) {
    return of(unique(heard, written), heard, written);
  }

  /**
   * The same, and where nothing is unique for pages - a text that says the same again and again -
   * those of the longest chain of all rows that agree there. Such anchors are good guesses, no
   * more.
   */
  static Anchors guessedBetween(HeardPhones heard, WrittenPhones written) {
    int[][] sure = unique(heard, written);
    Pairs pairs = new Pairs();
    int at = 0;
    int to = 0;
    for (int i = 0; i <= sure[0].length; i++) {
      boolean end = i == sure[0].length;
      int nextAt = end ? heard.phones().length : sure[0][i];
      int nextTo = end ? written.phones().length : sure[1][i];
      if (Math.min(nextAt - at, nextTo - to) >= FAR) {
        byte[] sounds = Arrays.copyOfRange(heard.phones(), at, nextAt);
        byte[] signs = Arrays.copyOfRange(written.phones(), to, nextTo);
        int[][] guessed = withoutJumps(supported(longestChain(allMatches(sounds, signs))));
        for (int k = 0; k < guessed[0].length; k++) {
          pairs.add(at + guessed[0][k], to + guessed[1][k]);
        }
      }
      if (!end) {
        pairs.add(nextAt, nextTo);
      }
      at = nextAt;
      to = nextTo;
    }
    return of(pairs.toArrays(), heard, written);
  }

  private static int[][] unique(HeardPhones heard, WrittenPhones written) {
    return withoutJumps(supported(longestChain(matches(heard.phones(), written.phones()))));
  }

  private static Anchors of(int[][] chain, HeardPhones heard, WrittenPhones written) {
    int count = chain[0].length;
    int[] frames = new int[count];
    int[] words = new int[count];
    for (int i = 0; i < count; i++) {
      frames[i] = heard.frames()[chain[0][i] + ROW / 2];
      words[i] = written.words()[chain[1][i] + ROW / 2];
    }
    return new Anchors(frames, words);
  }

  /** Number of anchors. */
  int count() {
    return frames.length;
  }

  /** Where rows that are unique on both sides begin: positions heard, rising, and written. */
  private static int[][] matches(byte[] heard, byte[] written) {
    RowIndex inHeard = new RowIndex(heard);
    RowIndex inWritten = new RowIndex(written);
    int[] at = new int[Math.max(0, heard.length - ROW + 1)];
    int[] to = new int[at.length];
    int count = 0;
    for (int i = 0; i < at.length; i++) {
      long row = row(heard, i);
      int there = inWritten.position(row);
      if (there >= 0 && inHeard.position(row) == i) {
        at[count] = i;
        to[count++] = there;
      }
    }
    return new int[][] {Arrays.copyOf(at, count), Arrays.copyOf(to, count)};
  }

  /**
   * Where rows begin that are on both sides: positions heard, rising, and of the written ones those
   * next to where it would be if the text were read evenly, the last one first.
   */
  private static int[][] allMatches(byte[] heard, byte[] written) {
    Map<Long, int[]> places = new HashMap<>();
    for (int j = 0; j + ROW <= written.length; j++) {
      int at = j;
      places.compute(
          row(written, j),
          (row, known) -> {
            int[] more = known == null ? new int[1] : Arrays.copyOf(known, known.length + 1);
            more[more.length - 1] = at;
            return more;
          });
    }
    Pairs pairs = new Pairs();
    for (int i = 0; i + ROW <= heard.length; i++) {
      int[] there = places.getOrDefault(row(heard, i), new int[0]);
      int even = (int) ((long) i * written.length / heard.length);
      int from = Arrays.binarySearch(there, even);
      from = Math.max(0, (from < 0 ? -from - 1 : from) - MOST_REPEATS / 2);
      for (int k = Math.min(there.length, from + MOST_REPEATS) - 1; k >= from; k--) {
        pairs.add(i, there[k]);
      }
    }
    return pairs.toArrays();
  }

  /** Positions heard and written, as they come. */
  private static final class Pairs {
    private int[] at = new int[64];
    private int[] to = new int[64];
    private int count;

    void add(int heard, int written) {
      if (count == at.length) {
        at = Arrays.copyOf(at, 2 * count);
        to = Arrays.copyOf(to, 2 * count);
      }
      at[count] = heard;
      to[count++] = written;
    }

    int[][] toArrays() {
      return new int[][] {Arrays.copyOf(at, count), Arrays.copyOf(to, count)};
    }
  }

  private static long row(byte[] phones, int from) {
    long row = 0;
    for (int k = 0; k < ROW; k++) {
      row = row << 6 | phones[from + k];
    }
    return row;
  }

  /** Where a row occurs: an open hash table, because a text of ten hours has half a million. */
  private static final class RowIndex {
    private final long[] rows;
    private final int[] positions;
    private final int mask;

    RowIndex(byte[] phones) {
      int size = Integer.highestOneBit(Math.max(8, phones.length)) * 4;
      rows = new long[size];
      positions = new int[size];
      mask = size - 1;
      Arrays.fill(positions, ABSENT);
      for (int i = 0; i + ROW <= phones.length; i++) {
        long row = row(phones, i);
        int slot = slot(row);
        rows[slot] = row;
        positions[slot] = positions[slot] == ABSENT ? i : REPEATED;
      }
    }

    int position(long row) {
      return positions[slot(row)];
    }

    private int slot(long row) {
      int slot = (int) (row * 0x9E3779B97F4A7C15L >>> 32) & mask;
      while (positions[slot] != ABSENT && rows[slot] != row) {
        slot = (slot + 1) & mask;
      }
      return slot;
    }
  }

  /** The longest rising subsequence (patience). */
  private static int[][] longestChain(int[][] matches) {
    int[] to = matches[1];
    int[] tails = new int[to.length];
    int[] before = new int[to.length];
    int length = 0;
    for (int i = 0; i < to.length; i++) {
      int low = 0;
      int high = length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (to[tails[middle]] < to[i]) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      before[i] = low == 0 ? -1 : tails[low - 1];
      tails[low] = i;
      length = Math.max(length, low + 1);
    }
    boolean[] keep = new boolean[to.length];
    for (int i = length == 0 ? -1 : tails[length - 1]; i >= 0; i = before[i]) {
      keep[i] = true;
    }
    return kept(matches, keep);
  }

  /** What has a neighbour that shares no phone with it and is as far off in both. */
  private static int[][] supported(int[][] chain) {
    boolean[] keep = new boolean[chain[0].length];
    for (int i = 0; i < keep.length; i++) {
      for (int k = i + 1; k < keep.length && chain[0][k] - chain[0][i] <= NEIGHBOURHOOD; k++) {
        if (chain[0][k] - chain[0][i] >= ROW && drift(chain, i, k) <= slack(chain, i, k)) {
          keep[i] = true;
          keep[k] = true;
          break;
        }
      }
      for (int k = i - 1; !keep[i] && k >= 0; k--) {
        if (chain[0][i] - chain[0][k] > NEIGHBOURHOOD) {
          break;
        }
        keep[i] = chain[0][i] - chain[0][k] >= ROW && drift(chain, k, i) <= slack(chain, k, i);
      }
    }
    return kept(chain, keep);
  }

  private static int drift(int[][] chain, int i, int k) {
    return Math.abs((chain[0][k] - chain[0][i]) - (chain[1][k] - chain[1][i]));
  }

  /** Phones that are heard too much or too little are a third at most. */
  private static int slack(int[][] chain, int i, int k) {
    return 4 + Math.min(chain[0][k] - chain[0][i], chain[1][k] - chain[1][i]) / 3;
  }

  private static int[][] withoutJumps(int[][] chain) {
    int count = chain[0].length;
    boolean[] keep = new boolean[count];
    Arrays.fill(keep, true);
    for (int i = 0; i + 1 < count; i++) {
      int jump = drift(chain, i, i + 1);
      if (jump <= slack(chain, i, i + 1)) {
        continue;
      }
      int back = Math.min(jump, MOST_GIVEN_BACK) + 2 * ROW;
      for (int k = i; k >= 0 && chain[0][i] - chain[0][k] < back; k--) {
        keep[k] = false;
      }
      for (int k = i + 1; k < count && chain[0][k] - chain[0][i + 1] < back; k++) {
        keep[k] = false;
      }
    }
    return kept(chain, keep);
  }

  private static int[][] kept(int[][] chain, boolean[] keep) {
    int count = 0;
    int[][] out = new int[2][keep.length];
    for (int i = 0; i < keep.length; i++) {
      if (keep[i]) {
        out[0][count] = chain[0][i];
        out[1][count++] = chain[1][i];
      }
    }
    return new int[][] {Arrays.copyOf(out[0], count), Arrays.copyOf(out[1], count)};
  }
}
