package org.chorale.batch;

import java.io.IOException;
import java.util.Map;
import org.chorale.export.Song;

/** Adds what formats for singing need: syllables and notes. Thread-safe. */
public interface SongMaker {

  /**
   * What every format of the job writes, by the format's name.
   *
   * @param song an alignment
   * @param audio the recording on this machine; null where it is not one file
   */
  Map<String, Song> songs(Song song, String audio) throws IOException;
}
