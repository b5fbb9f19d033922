package org.chorale.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.chorale.melody.Note;

/**
 * The lines that one voice sings, laid on a grid of beats: every syllable is a note of at least one
 * beat and no two overlap. Words without times are short notes of their own in the pause where they
 * belong, or in a beat taken from their neighbours, so that reading the file back moves nothing.
 * For one grid; not thread-safe.
 */
final class UltraStarVoice {

  /** How long a word is shown of which nobody knows when it is sung, seconds. */
  static final double UNTIMED_SECONDS = 0.2;

  /** A syllable, or words that have no times. */
  private static final class Item {
    private final StringBuilder text;
    private final Optional<Note> note;
    private final double startSeconds;
    private final double endSeconds;
    private int words = 1;
    private long start;
    private long end;

    Item(String text, double startSeconds, double endSeconds, Optional<Note> note) {
      this.text = new StringBuilder(text);
      this.startSeconds = startSeconds;
      this.endSeconds = endSeconds;
      this.note = note;
    }

    boolean timed() {
      return !Double.isNaN(startSeconds);
    }

    long beats() {
      return end - start;
    }
  }

  /**
   * What a note shows, in beats from the grid's origin.
   *
   * @param note its pitch, if known
   */
  record Sung(long start, long end, String text, Optional<Note> note) {}

  private final double originSeconds;
  private final double beatSeconds;
  private final List<List<Item>> lines = new ArrayList<>();
  private boolean crowded;

  UltraStarVoice(double originSeconds, double beatSeconds) {
    this.originSeconds = originSeconds;
    this.beatSeconds = beatSeconds;
  }

  /** Begins the next line. */
  void line() {
    lines.add(new ArrayList<>());
  }

  /** Adds a syllable to the line, with the space before it if it begins a word inside the line. */
  void syllable(String text, double startSeconds, double endSeconds, Optional<Note> note) {
    line(lines.size() - 1).add(new Item(text, startSeconds, endSeconds, note));
  }

  /** Adds a word without times to the line, with the space before it. */
  void untimed(String text) {
    List<Item> line = line(lines.size() - 1);
    if (!line.isEmpty() && !line.get(line.size() - 1).timed()) {
      Item run = line.get(line.size() - 1);
      run.text.append(text);
      run.words++;
    } else {
      line.add(new Item(text, Double.NaN, Double.NaN, Optional.empty()));
    }
  }

  private List<Item> line(int index) {
    return lines.get(index);
  }

  /** Gives everything its place. */
  void place() {
    List<Item> timed = lines.stream().flatMap(List::stream).filter(Item::timed).toList();
    long least = Long.MIN_VALUE;
    for (Item item : timed) {
      item.start = Math.max(least, beat(item.startSeconds));
      least = item.start + 1;
    }
    for (int i = 0; i < timed.size(); i++) {
      Item item = timed.get(i);
      long next = i + 1 < timed.size() ? timed.get(i + 1).start : Long.MAX_VALUE;
      item.end = Math.max(item.start + 1, Math.min(beat(item.endSeconds), next));
    }
    placeUntimed();
  }

  private long beat(double seconds) {
    return Math.round((seconds - originSeconds) / beatSeconds);
  }

  private void placeUntimed() {
    Item last = null;
    List<Item> waiting = new ArrayList<>();
    for (List<Item> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        Item item = line.get(i);
        if (item.timed()) {
          fill(last, waiting, item, line);
          waiting.clear();
          last = item;
        } else {
          waiting.add(item);
        }
      }
    }
    fill(last, waiting, null, List.of());
  }

  /**
   * Puts one or two runs of words, the end of a line and the beginning of the next, between two
   * syllables.
   *
   * @param before the syllable before, or null for none
   * @param after the syllable behind, or null for none
   * @param lineOfAfter its line
   */
  private void fill(Item before, List<Item> runs, Item after, List<Item> lineOfAfter) {
    if (runs.isEmpty()) {
      return;
    }
    makeRoom(before, runs.size(), after);
    long from = before == null ? 0 : before.end;
    long to = after == null ? Long.MAX_VALUE : after.start;
    for (int r = 0; r < runs.size(); r++) {
      Item run = runs.get(r);
      long wanted = Math.max(1, Math.round(run.words * UNTIMED_SECONDS / beatSeconds));
      long stillToCome = runs.size() - 1 - r;
      long beats = Math.max(0, Math.min(wanted, to - from - stillToCome));
      crowded |= beats == 0;
      // The beginning of a line goes with the line, however long the pause before it.
      boolean begins = !lineOfAfter.isEmpty() && lineOfAfter.get(0) == run;
      run.start = begins ? to - beats : from;
      run.end = run.start + beats;
      from = run.end;
    }
  }

  /** Takes beats from the neighbours until every run has one, if they have some to give. */
  private static void makeRoom(Item before, int runs, Item after) {
    if (after == null) {
      return;
    }
    while (after.start - (before == null ? 0 : before.end) < runs) {
      if (before != null && before.beats() > 1) {
        before.end--;
      } else if (after.beats() > 1) {
        after.start++;
      } else {
        return;
      }
    }
  }

  /** Whether words had no room, neither between their neighbours nor in them. */
  boolean crowded() {
    return crowded;
  }

  /** How far the start or end of a syllable lies from where it should, at most, seconds. */
  double worstSeconds() {
    return lines.stream()
        .flatMap(List::stream)
        .filter(Item::timed)
        .mapToDouble(
            i ->
                Math.max(
                    Math.abs(originSeconds + i.start * beatSeconds - i.startSeconds),
                    Math.abs(originSeconds + i.end * beatSeconds - i.endSeconds)))
        .max()
        .orElse(0);
  }

  /** The notes, line by line; words without a beat go with the note beside them. */
  List<List<Sung>> notes() {
    List<List<Sung>> notes = new ArrayList<>();
    for (List<Item> line : lines) {
      List<Sung> its = new ArrayList<>();
      String waiting = "";
      for (Item item : line) {
        if (item.beats() > 0) {
          its.add(new Sung(item.start, item.end, waiting + item.text, item.note));
          waiting = "";
        } else if (its.isEmpty()) {
          waiting += item.text;
        } else {
          Sung last = its.remove(its.size() - 1);
          its.add(new Sung(last.start(), last.end(), last.text() + item.text, last.note()));
        }
      }
      notes.add(its);
    }
    return notes;
  }
}
