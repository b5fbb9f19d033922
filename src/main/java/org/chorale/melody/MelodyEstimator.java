package org.chorale.melody;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;
import org.chorale.syllable.Syllable;

/**
 * Gives every syllable the note it is sung on. The pitch is tracked with candidates of YIN and a
 * smooth path through them; a syllable's note is the pitch it stays on longest, so that slides and
 * vibrato do not count; the tuning of the singer is taken out, and a note half way between two is
 * read in the key of the song. Made for a voice alone; with accompaniment louder than the voice it
 * hears the accompaniment. Stateless and thread-safe.
 */
public final class MelodyEstimator {

  /** A note is the pitch within which most of the syllable lies, semitones either way. */
  private static final double WIDTH = 0.8;

  /** A slide of so many semitones a second counts half; a wide vibrato reaches 20. */
  private static final double SLIDE = 25;

  /** What the first frame of a syllable counts of what those in its second half do. */
  private static final double EARLY = 0.2;

  private static final double STEP = 0.1;
  private static final int LOWEST = 24;
  private static final int STEPS = (int) Math.round(84 / STEP);

  /** What of a syllable must have a pitch. */
  private static final double SUNG_SHARE = 0.15;

  private static final double SUNG_SECONDS = 0.03;

  /** How far a pitch may be from a note of the key that another note is nearer to, semitones. */
  private static final double AMBIGUOUS = 0.65;

  private static final int OCTAVE = 12;

  /** How far from their median the notes of a song are, semitones; few songs have two octaves. */
  private static final double REGISTER = 13;

  private static final int ENOUGH_NOTES = 8;
  private static final int MIDDLE_C = 60;

  private final PitchTracker tracker = new PitchTracker();

  /**
   * The notes of syllables.
   *
   * @param source mono; read to its end, not closed
   * @param voicing where a voice sounds: elsewhere a pitch is the band's
   * @param syllables in order; those without times (NaN) are not sung
   * @return one note a syllable
   * @throws AudioException when the recording cannot be decoded
   */
  public List<Note> notes(AudioSource source, Voicing voicing, List<Syllable> syllables)
      throws AudioException {
    return notes(tracker.track(source, voicing.trustedFor(syllables)), syllables);
  }

  /**
   * The notes of syllables.
   *
   * @param samples mono, in [-1, 1]
   * @param sampleRate Hz, at least 8000
   * @param voicing where a voice sounds: elsewhere a pitch is the band's
   * @param syllables in order; those without times (NaN) are not sung
   * @return one note a syllable
   */
  public List<Note> notes(
      float[] samples, int sampleRate, Voicing voicing, List<Syllable> syllables) {
    return notes(tracker.track(samples, sampleRate, voicing.trustedFor(syllables)), syllables);
  }

  private static List<Note> notes(PitchTrack track, List<Syllable> syllables) {
    double[] pitches = inRegister(syllables.stream().mapToDouble(s -> pitch(track, s)).toArray());
    double tuning = tuning(pitches);
    double[] seconds = new double[12];
    for (int s = 0; s < pitches.length; s++) {
      if (!Double.isNaN(pitches[s])) {
        int midi = (int) Math.round(pitches[s] - tuning);
        Syllable syllable = syllables.get(s);
        seconds[Math.floorMod(midi, 12)] += syllable.endSeconds() - syllable.startSeconds();
      }
    }
    Key key = Key.of(seconds);
    List<Note> notes = new ArrayList<>();
    for (int s = 0; s < pitches.length; s++) {
      boolean sung = !Double.isNaN(pitches[s]);
      notes.add(
          new Note(sung ? inKey(pitches[s] - tuning, key) : neighbour(notes, pitches, s), sung));
    }
    return notes;
  }

  /** Notes that are far from the middle of all are heard some octaves off. */
  private static double[] inRegister(double[] pitches) {
    double[] sorted = Arrays.stream(pitches).filter(p -> !Double.isNaN(p)).sorted().toArray();
    if (sorted.length < ENOUGH_NOTES) {
      return pitches;
    }
    double middle = sorted[sorted.length / 2];
    return Arrays.stream(pitches).map(p -> p - octavesBeyond(p - middle) * OCTAVE).toArray();
  }

  /** By how many octaves a distance lies outside the register; NaN stays NaN. */
  private static double octavesBeyond(double distance) {
    double outside = Math.max(0, Math.abs(distance) - REGISTER);
    return Math.signum(distance) * Math.ceil(outside / OCTAVE);
  }

  /** The pitch of a syllable, NaN when it has none. */
  private static double pitch(PitchTrack track, Syllable syllable) {
    if (Double.isNaN(syllable.startSeconds()) || track.frames() == 0) {
      return Double.NaN;
    }
    int from = track.frameAt(syllable.startSeconds());
    int to = track.frameAt(syllable.endSeconds());
    double[] weight = new double[STEPS];
    int voiced = 0;
    for (int f = from; f <= to; f++) {
      int step = (int) Math.round((track.semitones()[f] - LOWEST) / STEP);
      if (!Float.isNaN(track.semitones()[f]) && step >= 0 && step < STEPS) {
        weight[step] += weight(track, f, from, to);
        voiced++;
      }
    }
    int frames = to - from + 1;
    if (voiced < SUNG_SHARE * frames || voiced * track.frameSeconds() < SUNG_SECONDS) {
      return Double.NaN;
    }
    int width = (int) Math.round(WIDTH / STEP);
    int best = 0;
    double most = -1;
    for (int k = 0; k < STEPS; k++) {
      double inside = 0;
      for (int d = -width; d <= width; d++) {
        // Triangular: the middle of a plateau is better than its edge.
        inside += k + d >= 0 && k + d < STEPS ? weight[k + d] * (width + 1 - Math.abs(d)) : 0;
      }
      if (inside > most) {
        most = inside;
        best = k;
      }
    }
    double sum = 0;
    double moment = 0;
    for (int k = Math.max(0, best - width); k <= Math.min(STEPS - 1, best + width); k++) {
      sum += weight[k];
      moment += weight[k] * k;
    }
    return LOWEST + STEP * moment / sum;
  }

  /**
   * What a frame counts: its loudness (not its energy, so that an accent does not outweigh a held
   * note), less while the pitch slides, in the first half, where the consonants are, and where
   * hardly a voice is heard.
   */
  private static double weight(PitchTrack track, int f, int from, int to) {
    float[] pitch = track.semitones();
    double before = f > from && !Float.isNaN(pitch[f - 1]) ? pitch[f - 1] : pitch[f];
    double after = f < to && !Float.isNaN(pitch[f + 1]) ? pitch[f + 1] : pitch[f];
    double slope = (after - before) / 2 / (SLIDE * track.frameSeconds());
    double place = to == from ? 1 : Math.min(1, 2.0 * (f - from) / (to - from));
    double loudness = Math.sqrt(track.energy()[f]) * track.voice()[f];
    return loudness * (EARLY + (1 - EARLY) * place) / (1 + slope * slope);
  }

  /**
   * How far the singer is from 440 Hz, semitones: the circular mean of what is beside the notes.
   */
  private static double tuning(double[] pitches) {
    double x = 0;
    double y = 0;
    int n = 0;
    for (double pitch : pitches) {
      if (!Double.isNaN(pitch)) {
        x += Math.cos(2 * Math.PI * pitch);
        y += Math.sin(2 * Math.PI * pitch);
        n++;
      }
    }
    boolean known = n >= ENOUGH_NOTES && Math.hypot(x, y) > 0.5 * n;
    return known ? Math.atan2(y, x) / (2 * Math.PI) : 0;
  }

  private static int inKey(double pitch, Key key) {
    int nearest = (int) Math.round(pitch);
    int other = pitch > nearest ? nearest + 1 : nearest - 1;
    boolean snap =
        !key.contains(nearest) && key.contains(other) && Math.abs(pitch - other) <= AMBIGUOUS;
    return snap ? other : nearest;
  }

  /** The note before, or for the first ones the next that is sung. */
  private static int neighbour(List<Note> notes, double[] pitches, int s) {
    if (s > 0 && (notes.get(s - 1).sung() || notes.stream().anyMatch(Note::sung))) {
      return notes.get(s - 1).midi();
    }
    for (int next = s + 1; next < pitches.length; next++) {
      if (!Double.isNaN(pitches[next])) {
        return (int) Math.round(pitches[next]);
      }
    }
    return MIDDLE_C;
  }
}
