package org.chorale.melody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.export.Song;
import org.chorale.export.TimedFile;
import org.chorale.export.TimedFormats;
import org.chorale.syllable.Syllable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Songs in the full mix, against the notes that players of UltraStar wrote down: {@code mvn -q
 * -Dtest.excluded= -Dtest=RealSongsTest test}.
 */
@Tag("slow")
class RealSongsTest {

  private static final Path SONGS = Path.of("../shared/data/lyrics/dev");

  @Test
  void pitchClassesOfMixedSongs() throws IOException {
    assumeTrue(Files.isDirectory(SONGS), "no songs beside the repository");
    int songs = 0;
    double sum = 0;
    List<Path> folders;
    try (Stream<Path> all = Files.list(SONGS)) {
      folders = all.filter(p -> Files.exists(p.resolve("song.ultrastar.txt"))).sorted().toList();
    }
    for (Path folder : folders) {
      TimedFile file = TimedFile.read(folder.resolve("song.ultrastar.txt"), Optional.empty());
      Song song = TimedFormats.all().named("ultrastar").read(file);
      List<Syllable> syllables = new ArrayList<>();
      List<Note> truth = new ArrayList<>();
      for (int w = 0; w < song.alignment().words().size(); w++) {
        for (int s = 0; s < song.syllablesOf(w).size(); s++) {
          Optional<Note> note = song.note(w, s);
          if (note.isPresent() && note.get().sung()) {
            syllables.add(song.syllablesOf(w).get(s));
            truth.add(note.get());
          }
        }
      }
      List<Note> heard;
      try (AudioSource source = new AudioFiles().open(folder.resolve("audio.opus").toString())) {
        heard = new MelodyEstimator().notes(source, syllables);
      }
      // Files are often a constant number of semitones off, by ear or by octave.
      int right = 0;
      int shift = 0;
      for (int by = 0; by < 12; by++) {
        int matching = 0;
        for (int s = 0; s < truth.size(); s++) {
          matching +=
              Math.floorMod(heard.get(s).midi() - truth.get(s).midi() - by, 12) == 0 ? 1 : 0;
        }
        shift = matching > right ? by : shift;
        right = Math.max(right, matching);
      }
      double share = right / (double) truth.size();
      System.out.printf(
          Locale.ROOT,
          "%s: %d notes, %.2f right, shift %d%n",
          folder.getFileName(),
          truth.size(),
          share,
          shift);
      sum += share;
      songs++;
    }
    System.out.printf(Locale.ROOT, "mean of %d songs: %.2f%n", songs, sum / songs);
    assertThat(sum / songs).isGreaterThan(0.55);
  }
}
