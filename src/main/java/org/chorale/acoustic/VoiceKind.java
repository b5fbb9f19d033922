package org.chorale.acoustic;

/** What a model of singing says of a frame, in the order of its output. */
public enum VoiceKind {
  /** Nobody is heard. */
  NONE,
  /** Somebody speaks. */
  SPEECH,
  /** Somebody sings. */
  SONG
}
