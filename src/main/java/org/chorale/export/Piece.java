package org.chorale.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.chorale.align.AlignedWord;
import org.chorale.melody.Note;
import org.chorale.syllable.Syllable;

/**
 * A syllable, or a word that has no times, on the grid of a format. In a list of pieces starts
 * never decrease and nothing overlaps.
 *
 * @param text what is sung
 * @param startsWord whether a space stands before it (unless it begins its line)
 * @param timed whether it has times; if not it lies, without length, where the piece before ends
 * @param start in units of the grid
 * @param end in units of the grid; longer than {@code start} wherever there is room
 * @param note its note, if known
 */
record Piece(
    String text, boolean startsWord, boolean timed, long start, long end, Optional<Note> note) {

  /**
   * The pieces of some words.
   *
   * @param song what they are taken from
   * @param firstWord index of the first
   * @param count number of the words
   * @param unitsPerSecond the grid
   * @param floor where words lie that have no times and nothing timed beside them
   */
  static List<Piece> of(Song song, int firstWord, int count, double unitsPerSecond, long floor) {
    List<Piece> rough = new ArrayList<>();
    long least = 0;
    for (int w = firstWord; w < firstWord + count; w++) {
      AlignedWord word = song.alignment().words().get(w);
      if (!word.isTimed()) {
        rough.add(new Piece(word.text(), true, false, 0, 0, Optional.empty()));
        continue;
      }
      List<Syllable> syllables = song.syllablesOf(w);
      for (int s = 0; s < syllables.size(); s++) {
        Syllable syllable = syllables.get(s);
        long start = Math.max(least, unit(syllable.startSeconds(), unitsPerSecond));
        long end = Math.max(start, unit(syllable.endSeconds(), unitsPerSecond));
        rough.add(new Piece(syllable.text(), s == 0, true, start, end, song.note(w, s)));
        least = start;
      }
    }
    return fitted(rough, floor, limit(song, firstWord + count, unitsPerSecond, least));
  }

  /** Where the words behind begin; nothing limits where they begin before the last of these. */
  private static long limit(Song song, int next, double unitsPerSecond, long least) {
    for (AlignedWord word :
        song.alignment().words().subList(next, song.alignment().words().size())) {
      if (word.isTimed()) {
        long start = unit(word.startSeconds(), unitsPerSecond);
        return start >= least ? start : Long.MAX_VALUE;
      }
    }
    return Long.MAX_VALUE;
  }

  private static long unit(double seconds, double unitsPerSecond) {
    return Math.round(seconds * unitsPerSecond);
  }

  private static List<Piece> fitted(List<Piece> rough, long floor, long limit) {
    List<Piece> pieces = new ArrayList<>();
    long at = rough.stream().filter(Piece::timed).findFirst().map(Piece::start).orElse(floor);
    for (int p = 0; p < rough.size(); p++) {
      Piece piece = rough.get(p);
      if (!piece.timed()) {
        pieces.add(piece.at(at, at));
        continue;
      }
      long next = nextStart(rough, p, limit);
      long end = Math.min(piece.end(), next);
      if (end == piece.start() && next > end) {
        end++;
      }
      pieces.add(piece.at(piece.start(), end));
      at = end;
    }
    return pieces;
  }

  private static long nextStart(List<Piece> rough, int p, long limit) {
    for (int n = p + 1; n < rough.size(); n++) {
      if (rough.get(n).timed()) {
        return rough.get(n).start();
      }
    }
    return limit;
  }

  private Piece at(long newStart, long newEnd) {
    return new Piece(text, startsWord, timed, newStart, newEnd, note);
  }
}
