package org.chorale.export;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.melody.Note;
import org.chorale.syllable.Syllable;

/**
 * What is written and read: an alignment and, where they are known, the syllables of its words and
 * the notes of its syllables. Immutable.
 *
 * @param alignment the timed words
 * @param syllables for every word its syllables in order, an empty list for a word that is one; or
 *     empty when no word was divided
 * @param notes for every word one note a syllable ({@link #syllablesOf}), an empty list where none
 *     are known; or empty when no melody is known
 */
public record Song(Alignment alignment, List<List<Syllable>> syllables, List<List<Note>> notes) {

  /** Checks the sizes and takes immutable copies. */
  public Song {
    Objects.requireNonNull(alignment, "alignment");
    syllables = syllables.stream().map(List::copyOf).toList();
    notes = notes.stream().map(List::copyOf).toList();
    int words = alignment.words().size();
    if ((!syllables.isEmpty() && syllables.size() != words)
        || (!notes.isEmpty() && notes.size() != words)) {
      throw new IllegalArgumentException(
          "syllables for %d and notes for %d of %d words"
              .formatted(syllables.size(), notes.size(), words));
    }
  }

  /** Words alone. */
  public static Song of(Alignment alignment) {
    return new Song(alignment, List.of(), List.of());
  }

  /** The same with words divided into syllables; one list a word. */
  public Song withSyllables(List<List<Syllable>> divided) {
    return new Song(alignment, divided, notes);
  }

  /** The same with a melody; one list a word, in it one note a syllable. */
  public Song withNotes(List<List<Note>> melody) {
    return new Song(alignment, syllables, melody);
  }

  /** Whether any note is known. */
  public boolean hasNotes() {
    return notes.stream().anyMatch(n -> !n.isEmpty());
  }

  /**
   * The syllables of a word: the given ones, the word itself where there are none, nothing for a
   * word without times.
   */
  public List<Syllable> syllablesOf(int word) {
    AlignedWord whole = alignment.words().get(word);
    if (!whole.isTimed()) {
      return List.of();
    }
    if (!syllables.isEmpty() && !syllables.get(word).isEmpty()) {
      return syllables.get(word);
    }
    return List.of(
        new Syllable(
            whole.text(),
            whole.charStart(),
            whole.charEnd(),
            whole.startSeconds(),
            whole.endSeconds()));
  }

  /** The note of a syllable, by its place among {@link #syllablesOf} its word. */
  public Optional<Note> note(int word, int syllable) {
    return notes.isEmpty() || syllable >= notes.get(word).size()
        ? Optional.empty()
        : Optional.of(notes.get(word).get(syllable));
  }
}
