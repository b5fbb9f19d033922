package org.chorale.align;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Builds the trellis of a text: before, between and after the words there may be silence and speech
 * that is not in the text (the star); a word is spoken by one pronunciation of one of its readings,
 * or skipped: one price for a run of skipped words and a smaller one for each of them, because what
 * a text has too much comes in passages. Where the speaker may have faltered, there may also be an
 * aside: a hesitation beside a pause, or the beginning of the next word, broken off, and a pause.
 * Nodes carry the index of their word, or {@link #SILENCE} or {@link #STAR}.
 */
public final class TextTrellis {

  /** {@link Trellis#wordOf} of silence between words. */
  public static final int SILENCE = -2;

  /** {@link Trellis#wordOf} of speech that is not in the text. */
  public static final int STAR = -3;

  /** A hesitation is at least so long. */
  private static final int HESITATION_FRAMES = 8;

  /** The pause beside an aside is at least so long. */
  private static final int PAUSE_FRAMES = 10;

  /** A word is broken off after so many phones at most. */
  private static final int BROKEN_OFF_PHONES = 5;

  private final Trellis.Builder builder = new Trellis.Builder();
  private final List<Place> places = new ArrayList<>();
  private final int silenceClass;
  private final int starClass;
  private final SearchSettings settings;
  private final BitSet faltering;
  private int lastGap;

  private TextTrellis(int silenceClass, int starClass, SearchSettings settings, BitSet faltering) {
    this.silenceClass = silenceClass;
    this.starClass = starClass;
    this.settings = settings;
    this.faltering = faltering;
  }

  /**
   * The trellis of a text.
   *
   * @param words per word its readings; none for a word that is not expected in the audio
   * @param silenceClass class of silence
   * @param starClass class of {@link SpeechScores} for speech that is not in the text
   * @param settings prices
   */
  public static Trellis of(
      List<List<Reading>> words, int silenceClass, int starClass, SearchSettings settings) {
    return of(words, silenceClass, starClass, settings, new BitSet());
  }

  /**
   * The trellis of a text whose speaker may have faltered.
   *
   * @param starClass as for the other; the class of hesitations is the next one
   * @param faltering words before which there may be an aside
   */
  static Trellis of(
      List<List<Reading>> words,
      int silenceClass,
      int starClass,
      SearchSettings settings,
      BitSet faltering) {
    return new TextTrellis(silenceClass, starClass, settings, faltering).build(words);
  }

  /**
   * A trellis and where its words are. The nodes of a word and of the gap before it lie together,
   * from its gap to the next word's; arcs come from them and from those of the word before only.
   *
   * @param trellis the graph
   * @param places of the words that may be spoken, in order
   * @param lastGap the junction before the gap behind the last word
   */
  public record Mapped(Trellis trellis, List<Place> places, int lastGap) {

    /** Takes an immutable copy. */
    public Mapped {
      places = List.copyOf(places);
    }
  }

  /**
   * A word's place.
   *
   * @param word its index
   * @param gap the junction before the gap before it, where the word before ends
   * @param entry the junction behind that gap
   */
  public record Place(int word, int gap, int entry) {}

  /** The trellis of a text and where its words are in it; arguments as those of {@link #of}. */
  public static Mapped mapped(
      List<List<Reading>> words, int silenceClass, int starClass, SearchSettings settings) {
    TextTrellis text = new TextTrellis(silenceClass, starClass, settings, new BitSet());
    Trellis trellis = text.build(words);
    return new Mapped(trellis, text.places, text.lastGap);
  }

  private Trellis build(List<List<Reading>> words) {
    int before = builder.junction();
    int entry = gap(before);
    int skipped = -1; // the junction behind the word before, when that was skipped
    for (int w = 0; w < words.size(); w++) {
      if (words.get(w).isEmpty()) {
        continue;
      }
      places.add(new Place(w, before, entry));
      if (faltering.get(w)) {
        entry = aside(before, entry, words.get(w));
      }
      int[] exits = new int[words.get(w).size()];
      for (int r = 0; r < exits.length; r++) {
        exits[r] = reading(entry, words.get(w).get(r), w);
      }
      int skip = builder.junction();
      builder.arc(entry, skip, settings.skipEntryCost() + settings.skipWordCost());
      if (skipped >= 0) {
        builder.arc(skipped, skip, settings.skipWordCost());
      }
      int exit = builder.junction();
      for (int from : exits) {
        builder.arc(from, exit, 0);
      }
      builder.arc(skip, exit, 0);
      skipped = skip;
      before = exit;
      entry = gap(exit);
    }
    lastGap = before;
    return builder.build();
  }

  /** Silence and star after a junction; returns the junction behind them. */
  private int gap(int before) {
    int silence = builder.emit(silenceClass, SILENCE);
    int star = builder.emit(starClass, STAR);
    int after = builder.junction();
    builder.arc(before, silence, 0);
    builder.arc(before, star, settings.starEntryCost());
    builder.arc(silence, star, settings.starEntryCost());
    builder.arc(star, silence, 0);
    builder.arc(before, after, 0);
    builder.arc(silence, after, 0);
    builder.arc(star, after, 0);
    return after;
  }

  /**
   * What a speaker who falters says before a word.
   *
   * @param before the junction before the gap
   * @param entry the junction behind the gap
   * @return the junction behind the aside, before the word
   */
  private int aside(int before, int entry, List<Reading> word) {
    List<Integer> ends = new ArrayList<>();
    ends.add(entry);
    ends.add(pause(List.of(hesitation(entry))));
    int afterPause = hesitation(pause(List.of(before)));
    int breath = builder.emit(silenceClass, SILENCE);
    builder.arc(afterPause, breath, 0);
    ends.add(afterPause);
    ends.add(breath);
    ends.add(pause(brokenOff(entry, word.get(0).spokenWords().get(0).get(0))));
    int after = builder.junction();
    ends.forEach(end -> builder.arc(end, after, 0));
    return after;
  }

  private int hesitation(int from) {
    int node = from;
    for (int f = 0; f < HESITATION_FRAMES; f++) {
      int next = builder.emit(starClass + 1, STAR);
      builder.arc(node, next, f == 0 ? settings.asideEntryCost() : 0);
      node = next;
    }
    return node;
  }

  private List<Integer> brokenOff(int from, int[] phones) {
    List<Integer> nodes = new ArrayList<>();
    for (int p = 0; p < Math.min(phones.length, BROKEN_OFF_PHONES); p++) {
      int next = builder.emit(phones[p], STAR);
      builder.arc(p == 0 ? from : nodes.get(p - 1), next, p == 0 ? settings.asideEntryCost() : 0);
      nodes.add(next);
    }
    return nodes;
  }

  /** A pause that is long enough to be one. */
  private int pause(List<Integer> from) {
    int node = builder.emit(silenceClass, SILENCE);
    for (int start : from) {
      builder.arc(start, node, 0);
    }
    for (int f = 1; f < PAUSE_FRAMES; f++) {
      int next = builder.emit(silenceClass, SILENCE);
      builder.arc(node, next, 0);
      node = next;
    }
    return node;
  }

  private int reading(int entry, Reading reading, int word) {
    int from = entry;
    for (int k = 0; k < reading.spokenWords().size(); k++) {
      if (k > 0) {
        int pause = builder.emit(silenceClass, word);
        int after = builder.junction();
        builder.arc(from, pause, 0);
        builder.arc(from, after, 0);
        builder.arc(pause, after, 0);
        from = after;
      }
      List<int[]> pronunciations = reading.spokenWords().get(k);
      int[] ends = new int[pronunciations.size()];
      for (int p = 0; p < ends.length; p++) {
        int node = from;
        for (int phone : pronunciations.get(p)) {
          int next = builder.emit(phone, word);
          builder.arc(node, next, 0);
          node = next;
        }
        ends[p] = node;
      }
      int exit = builder.junction();
      for (int end : ends) {
        builder.arc(end, exit, 0);
      }
      from = exit;
    }
    return from;
  }
}
