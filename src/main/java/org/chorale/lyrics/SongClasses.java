package org.chorale.lyrics;

import org.chorale.acoustic.PhoneContexts;

/**
 * The classes that nodes of a song's trellis emit: its phones-in-context, 0 of them silence; those
 * again where they may be held for nothing; those again where any vowel will do; singing that is
 * not in the text; a pause inside a line. Reads the contexts when asked, which must be complete by
 * then. Thread-safe.
 */
final class SongClasses {

  private final PhoneContexts contexts;

  SongClasses(PhoneContexts contexts) {
    this.contexts = contexts;
  }

  /** How many there are. */
  int count() {
    return 3 * contexts.size() + 2;
  }

  /** A phone-in-context that may be held for nothing. */
  int held(int context) {
    return contexts.size() + context;
  }

  /** A vowel of a vocalise, which may be any other and may be held for nothing. */
  int anyVowel(int context) {
    return 2 * contexts.size() + context;
  }

  /** Singing that is not in the text. */
  int star() {
    return 3 * contexts.size();
  }

  /** A pause inside a line. */
  int linePause() {
    return 3 * contexts.size() + 1;
  }

  /**
   * The phone-in-context of a class: silence for a pause, -1 for singing that is not in the text.
   */
  int context(int classIndex) {
    if (classIndex == star()) {
      return -1;
    }
    return classIndex == linePause() ? 0 : classIndex % contexts.size();
  }
}
