package org.chorale.align;

import java.util.Arrays;
import java.util.List;

/**
 * The phones of a text, one after the other: the first pronunciation of the first reading of every
 * word.
 *
 * @param phones class of every phone
 * @param words index of the word that each belongs to
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record WrittenPhones(byte[] phones, int[] words) {

  /** The phones of a text as {@link TextTrellis#of} takes it. */
  static WrittenPhones of(List<List<Reading>> text) {
    byte[] phones = new byte[1024];
    int[] words = new int[1024];
    int count = 0;
    for (int w = 0; w < text.size(); w++) {
      if (text.get(w).isEmpty()) {
        continue;
      }
      for (List<int[]> spoken : text.get(w).get(0).spokenWords()) {
        for (int phone : spoken.get(0)) {
          if (count == phones.length) {
            phones = Arrays.copyOf(phones, 2 * count);
            words = Arrays.copyOf(words, 2 * count);
          }
          phones[count] = (byte) phone;
          words[count++] = w;
        }
      }
    }
    return new WrittenPhones(Arrays.copyOf(phones, count), Arrays.copyOf(words, count));
  }
}
