package org.chorale.text;

/** The kinds of text files that are read. */
public enum TextFormat {
  /** Lines of plain text. */
  PLAIN,
  /** SubRip subtitles. */
  SRT,
  /** WebVTT subtitles. */
  VTT,
  /** Lyrics with line or word times. */
  LRC
}
