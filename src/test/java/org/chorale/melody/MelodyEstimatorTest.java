package org.chorale.melody;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;
import org.chorale.syllable.Syllable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MelodyEstimatorTest {

  private static final int RATE = SyntheticSinging.RATE;

  private final MelodyEstimator estimator = new MelodyEstimator();

  private static double share(List<Note> notes, List<Integer> truth) {
    int right = 0;
    for (int s = 0; s < truth.size(); s++) {
      right += notes.get(s).sung() && notes.get(s).midi() == truth.get(s) ? 1 : 0;
    }
    return right / (double) truth.size();
  }

  /** Lowest note, cents beside 440 Hz. Bass, tenor, alto, soprano, a child; singers out of tune. */
  @ParameterizedTest
  @CsvSource({"40, 0", "45, 0", "48, 20", "55, 0", "57, -25", "60, 0", "64, 10"})
  void notesOfAVoiceAloneAreHeard(int lowest, double cents) {
    SyntheticSinging song = new SyntheticSinging(lowest, 150, lowest, cents);
    List<Note> notes = estimator.notes(song.samples, RATE, Voicing.unknown(), song.syllables);
    assertThat(notes).hasSize(150);
    assertThat(share(notes, song.notes)).isGreaterThanOrEqualTo(0.95);
  }

  /** Decibels that the voice is louder than the band, least share of right notes. */
  @ParameterizedTest
  @CsvSource({"20, 0.95", "12, 0.95", "6, 0.95", "0, 0.65"})
  void withABandTheVoiceMustBeLouder(double decibels, double least) {
    double sum = 0;
    for (int lowest : new int[] {45, 55, 60}) {
      SyntheticSinging song = new SyntheticSinging(lowest, 60, lowest, 0);
      sum +=
          share(
                  estimator.notes(song.withBand(decibels), RATE, Voicing.unknown(), song.syllables),
                  song.notes)
              / 3;
    }
    assertThat(sum).isGreaterThanOrEqualTo(least);
  }

  @Test
  void aStreamGivesWhatSamplesGive() throws Exception {
    SyntheticSinging song = new SyntheticSinging(1, 40, 55, 0);
    List<Note> notes = estimator.notes(song.samples, RATE, Voicing.unknown(), song.syllables);
    for (int block : new int[] {1, 777, 40_000}) {
      assertThat(estimator.notes(source(song.samples, block), Voicing.unknown(), song.syllables))
          .isEqualTo(notes);
    }
  }

  @Test
  void aNoteFarFromAllOthersIsAnOctaveOff() {
    float[] song = new float[16 * RATE / 2];
    List<Syllable> syllables = new ArrayList<>();
    for (int s = 0; s < 16; s++) {
      double hertz = s == 7 ? 130.81 : 523.25; // C3 among C5
      for (int i = s * RATE / 2; i < (s + 1) * RATE / 2; i++) {
        for (int h = 1; h <= 6; h++) {
          song[i] += (float) (0.1 / h * Math.sin(2 * Math.PI * h * hertz * i / RATE));
        }
      }
      syllables.add(new Syllable("a", s, s + 1, s / 2.0, s / 2.0 + 0.5));
    }
    assertThat(estimator.notes(song, RATE, Voicing.unknown(), syllables))
        .allMatch(n -> n.midi() == 72 || n.midi() == 60)
        .filteredOn(n -> n.midi() == 60)
        .hasSize(1);
  }

  @Test
  void otherSampleRatesGiveTheSameNotes() {
    float[] tone = new float[44_100];
    for (int i = 0; i < tone.length; i++) {
      double phase = 261.63 * i / 44_100;
      tone[i] = (float) (0.2 * Math.sin(2 * Math.PI * phase) + 0.1 * Math.sin(4 * Math.PI * phase));
    }
    assertThat(
            estimator.notes(
                tone, 44_100, Voicing.unknown(), List.of(new Syllable("a", 0, 1, 0.1, 0.9))))
        .containsExactly(new Note(60, true));
  }

  @Test
  void whatIsNotSungTakesTheNoteOfItsNeighbour() {
    SyntheticSinging song = new SyntheticSinging(3, 10, 55, 0);
    float[] samples = song.samples.clone();
    for (int s : new int[] {0, 4, 5}) {
      Syllable silent = song.syllables.get(s);
      for (int i = (int) (silent.startSeconds() * RATE); i < silent.endSeconds() * RATE; i++) {
        samples[i] = 0;
      }
    }
    List<Note> notes = estimator.notes(samples, RATE, Voicing.unknown(), song.syllables);
    assertThat(notes.get(0)).isEqualTo(new Note(notes.get(1).midi(), false));
    assertThat(notes.get(4)).isEqualTo(new Note(notes.get(3).midi(), false));
    assertThat(notes.get(5)).isEqualTo(new Note(notes.get(3).midi(), false));
    assertThat(notes.get(6).sung()).isTrue();
    Syllable missing = new Syllable("x", 0, 1, Double.NaN, Double.NaN);
    assertThat(estimator.notes(new float[100], RATE, Voicing.unknown(), List.of(missing)))
        .containsExactly(new Note(60, false));
    assertThat(estimator.notes(new float[0], RATE, Voicing.unknown(), List.of())).isEmpty();
  }

  @Test
  void whereNobodyIsHeardThePitchIsTheBands() {
    // A flute plays all through; in the third syllable, and at the ends, nobody sings.
    float[] song = new float[8 * RATE];
    float[] voice = new float[800];
    List<Syllable> syllables = new ArrayList<>();
    for (int s = 0; s < 8; s++) {
      for (int i = s * RATE; i < (s + 1) * RATE; i++) {
        boolean sings = s != 2 && i % RATE < 0.85 * RATE;
        for (int h = 1; h <= 4; h++) {
          double hertz = h * (sings ? 261.63 : 440.00);
          song[i] += (float) (0.1 / h * Math.sin(2 * Math.PI * hertz * i / RATE));
        }
        voice[100 * i / RATE] = sings ? 0.97f : 0.03f;
      }
      syllables.add(new Syllable("a", s, s + 1, s, s + 0.95));
    }
    List<Note> heard = estimator.notes(song, RATE, Voicing.of(0.01, voice), syllables);
    for (int s = 0; s < 8; s++) {
      assertThat(heard.get(s)).isEqualTo(new Note(60, s != 2));
    }
    List<Note> byPitch = estimator.notes(song, RATE, Voicing.unknown(), syllables);
    assertThat(byPitch.get(2)).isEqualTo(new Note(69, true));
    // Who takes no syllable for a voice does not know this one: the words do.
    Voicing deaf = Voicing.of(0.01, new float[800]);
    assertThat(estimator.notes(song, RATE, deaf, syllables)).isEqualTo(byPitch);
  }

  @Test
  void theKeyIsHeardAndAmbiguousNotesAreReadInIt() {
    double[] seconds = new double[12];
    for (int note : new int[] {62, 64, 66, 67, 69, 71, 73, 74, 69, 66, 62}) {
      seconds[note % 12]++;
    }
    Key key = Key.of(seconds);
    assertThat(key).isEqualTo(new Key(2, false));
    assertThat(key.contains(66)).isTrue();
    assertThat(key.contains(65)).isFalse();
    assertThat(new Key(9, true).contains(68)).isTrue(); // the leading note of A minor
    assertThat(new Key(9, true).contains(66)).isFalse();
  }

  private static AudioSource source(float[] samples, int block) {
    return new AudioSource() {
      private int at;

      @Override
      public int read(float[] buffer, int offset, int length) {
        int count = Math.min(Math.min(length, block), samples.length - at);
        System.arraycopy(samples, at, buffer, offset, count);
        at += count;
        return count == 0 ? -1 : count;
      }

      @Override
      public AudioInfo info() {
        return new AudioInfo("song", RATE, 1, samples.length / (double) RATE);
      }

      @Override
      public void close() {}
    };
  }
}
