package org.chorale.melody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chorale.acoustic.LyricsModel;
import org.chorale.acoustic.VoiceActivity;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.export.Song;
import org.chorale.export.TimedFile;
import org.chorale.export.TimedFormats;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
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
    long empty = 0;
    long taken = 0;
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
      String audio = folder.resolve("audio.opus").toString();
      Voicing voicing = voicing(audio);
      List<Note> heard = notes(audio, voicing, syllables);
      List<Syllable> pauses = pauses(syllables);
      long sung = sungPauses(audio, voicing, syllables, pauses);
      long unasked = sungPauses(audio, Voicing.unknown(), syllables, pauses);
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
          "%s: %d notes, %.2f right, shift %d; of %d pieces of pauses %d sung, %d by pitch alone%n",
          folder.getFileName(),
          truth.size(),
          share,
          shift,
          pauses.size(),
          sung,
          unasked);
      empty += pauses.size();
      taken += sung;
      sum += share;
      songs++;
    }
    System.out.printf(Locale.ROOT, "mean of %d songs: %.2f%n", songs, sum / songs);
    assertThat(sum / songs).isGreaterThan(0.55);
    assertThat(taken).isLessThan(empty / 2);
  }

  private static List<Note> notes(String audio, Voicing voicing, List<Syllable> syllables)
      throws IOException {
    try (AudioSource source = new AudioFiles().open(audio)) {
      return new MelodyEstimator().notes(source, voicing, syllables);
    }
  }

  private static Voicing voicing(String audio) throws IOException {
    OrtRuntime runtime = new OrtRuntime(1, Device.cpu());
    ModelFolder folder = ModelFolder.open(Path.of("models", "lyrics-v1"));
    try (LyricsModel model = LyricsModel.load(folder, runtime);
        AudioSource source = new AudioFiles().open(audio, 2)) {
      VoiceActivity activity = new VoiceActivity(model);
      return Voicing.of(activity.frameSeconds(), activity.voice(source));
    }
  }

  /** How many pauses are taken for sung when they stand among the syllables. */
  private static long sungPauses(
      String audio, Voicing voicing, List<Syllable> syllables, List<Syllable> pauses)
      throws IOException {
    List<Syllable> all = new ArrayList<>(syllables);
    all.addAll(pauses);
    all.sort(Comparator.comparingDouble(Syllable::startSeconds));
    List<Note> notes = notes(audio, voicing, all);
    return IntStream.range(0, all.size())
        .filter(s -> pauses.contains(all.get(s)) && notes.get(s).sung())
        .count();
  }

  /** Pieces of 0.4 s of where the file has no note for 4 s, a second away from notes. */
  private static List<Syllable> pauses(List<Syllable> notes) {
    List<Syllable> pieces = new ArrayList<>();
    for (int s = 1; s < notes.size(); s++) {
      double from = notes.get(s - 1).endSeconds();
      double to = notes.get(s).startSeconds();
      for (double at = from + 1; to - from >= 4 && at + 0.4 <= to - 1; at += 0.4) {
        pieces.add(new Syllable("-", 0, 1, at, at + 0.4));
      }
    }
    return pieces;
  }
}
