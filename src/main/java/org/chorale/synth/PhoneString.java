package org.chorale.synth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.chorale.synth.Sentence.Stop;

/**
 * The phones of a sentence with its pauses, and what the models are told of each: the words and
 * stops around it. As models/tts-v1/train/texts.py has it.
 */
final class PhoneString {

  /** Numbers that the models are told of a phone. */
  static final int FEATURES = 14;

  private static final int SILENCE = 0;

  private final long[] phones;
  private final int[] words;
  private final float[] features;

  private PhoneString(long[] phones, int[] words, float[] features) {
    this.phones = phones;
    this.words = words;
    this.features = features;
  }

  /**
   * The phones of a sentence: a pause before it, after it, and at its commas.
   *
   * @param index class of every phone symbol; those that are not in it are left out
   */
  static PhoneString of(Sentence sentence, Map<String, Integer> index) {
    List<long[]> spoken = new ArrayList<>();
    List<Integer> number = new ArrayList<>();
    List<Stop> stops = new ArrayList<>();
    for (int w = 0; w < sentence.words().size(); w++) {
      long[] own =
          sentence.words().get(w).stream()
              .map(index::get)
              .filter(c -> c != null && c != SILENCE)
              .mapToLong(Integer::longValue)
              .toArray();
      if (own.length > 0) {
        spoken.add(own);
        number.add(w);
        stops.add(sentence.stops().get(w));
      }
    }
    int last = stops.size() - 1;
    if (last >= 0 && sentence.ends() && stops.get(last) != Stop.QUESTION) {
      stops.set(last, Stop.FULL);
    }
    int length = 1;
    for (int w = 0; w < spoken.size(); w++) {
      length += spoken.get(w).length + (stops.get(w) != Stop.NONE || w == last ? 1 : 0);
    }
    long[] phones = new long[length];
    int[] words = new int[length]; // of the spoken ones, counted; a pause has that before it
    words[0] = -1;
    int at = 1;
    for (int w = 0; w < spoken.size(); w++) {
      for (long phone : spoken.get(w)) {
        words[at] = w;
        phones[at++] = phone;
      }
      if (stops.get(w) != Stop.NONE || w == last) {
        words[at] = w;
        phones[at++] = SILENCE;
      }
    }
    float[] features = features(phones, words, spoken, stops);
    int[] inSentence = Arrays.stream(words).map(w -> w < 0 ? -1 : number.get(w)).toArray();
    return new PhoneString(phones, inSentence, features);
  }

  private static float[] features(
      long[] phones, int[] words, List<long[]> spoken, List<Stop> stops) {
    float[] x = new float[phones.length * FEATURES];
    boolean[] question = new boolean[stops.size()];
    boolean asks = false;
    for (int w = stops.size() - 1; w >= 0; w--) {
      asks = isEnd(stops.get(w)) ? stops.get(w) == Stop.QUESTION : asks;
      question[w] = asks;
    }
    int inside = 0;
    int sincePause = 0;
    int sinceStart = 0;
    for (int i = 0; i < phones.length; i++) {
      int w = words[i];
      int row = i * FEATURES;
      if (phones[i] == SILENCE) {
        x[row] = 1;
        x[row + 5 + (w < 0 ? Stop.NONE : stops.get(w)).ordinal()] = 1;
        sincePause = 0;
        sinceStart = w >= 0 && isEnd(stops.get(w)) ? 0 : sinceStart;
        inside = 0;
      } else {
        inside = i > 0 && phones[i - 1] != SILENCE && words[i - 1] == w ? inside + 1 : 0;
        int length = spoken.get(w).length;
        x[row + 1] = inside == 0 ? 1 : 0;
        x[row + 2] = inside == length - 1 ? 1 : 0;
        x[row + 3] = Math.min(length, 12) / 12f;
        x[row + 4] = Math.min(inside, 12) / 12f;
        x[row + 5 + stops.get(w).ordinal()] = 1;
        sincePause++;
        sinceStart++;
      }
      x[row + 9] = Math.min(sincePause, 30) / 30f;
      x[row + 11] = question.length > 0 && question[Math.max(w, 0)] ? 1 : 0;
      x[row + 13] = Math.min(sinceStart, 60) / 60f;
    }
    int toPause = 0;
    boolean last = true;
    for (int i = phones.length - 1; i >= 0; i--) {
      if (phones[i] == SILENCE) {
        toPause = 0;
        last = words[i] < 0 || isEnd(stops.get(words[i]));
      } else {
        toPause++;
      }
      x[i * FEATURES + 10] = Math.min(toPause, 30) / 30f;
      x[i * FEATURES + 12] = last ? 1 : 0;
    }
    return x;
  }

  private static boolean isEnd(Stop stop) {
    return stop == Stop.FULL || stop == Stop.QUESTION;
  }

  int length() {
    return phones.length;
  }

  long[] phones() {
    return phones;
  }

  boolean isPause(int phone) {
    return phones[phone] == SILENCE;
  }

  /** Which word of the sentence a phone belongs to, a pause to the one before it; -1 before all. */
  int word(int phone) {
    return words[phone];
  }

  /** Row by row, {@link #FEATURES} a phone. */
  float[] features() {
    return features;
  }
}
