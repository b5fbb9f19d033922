package org.chorale.align;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.chorale.acoustic.Emissions;

/** A model of six phones that is sure of everything it hears, and what it hears. */
final class SureModel {

  private static final List<String> SYMBOLS = List.of("sil", "t", "ɛ", "s", "k", "o");

  static final PhoneClasses CLASSES =
      new PhoneClasses(
          SYMBOLS,
          0,
          new float[SYMBOLS.size()],
          0.01,
          TransitionBias.of(List.of("silence"), Map.of()),
          DurationModel.none(SYMBOLS.size()));

  private final Emissions.Builder rows = new Emissions.Builder(SYMBOLS.size());
  private int frames;

  /** The reading of a word, its phones parted by spaces. */
  static List<Reading> reading(String phones) {
    int[] classes = Arrays.stream(phones.split(" ")).mapToInt(SYMBOLS::indexOf).toArray();
    return List.of(new Reading(List.of(List.of(classes))));
  }

  /** Hears a sound for so many frames. */
  void hear(String sound, int count) {
    float[] row = new float[SYMBOLS.size()];
    Arrays.fill(row, -9);
    row[SYMBOLS.indexOf(sound)] = -0.01f;
    for (int f = 0; f < count; f++) {
      rows.add(row, 1);
    }
    frames += count;
  }

  /** Frames heard so far. */
  int frames() {
    return frames;
  }

  /** All that was heard. Asked once, at the end. */
  Emissions emissions() {
    return rows.build(frames);
  }
}
