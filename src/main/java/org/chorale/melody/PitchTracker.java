package org.chorale.melody;

import java.util.Arrays;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;

/**
 * Follows the pitch of a voice: candidates frame by frame, and the path through them that is likely
 * and moves little (Viterbi), so that a frame that looks an octave off is told by its neighbours.
 * Memory grows by about 6 kB a second of sound. Stateless, thread-safe.
 */
final class PitchTracker {

  private static final double FRAME_SECONDS = 0.01;

  /** Price of a semitone from frame to frame, and the most that a leap costs, nats. */
  private static final double SEMITONE = 0.6;

  private static final double LEAP = 7;

  /** Price of a change between voiced and not. */
  private static final double CHANGE = 1.5;

  /** What is below is the band's; a voice is told by its harmonics. */
  private static final double BASS_HZ = 220;

  /** Price of an unvoiced frame that surely has a voice: the text says that there is one. */
  private static final double UNVOICED = 4;

  /** Price of a voiced frame that surely has no voice. */
  private static final double VOICED = 4;

  private static final double SMALLEST = 1e-3;
  private static final int BLOCK = 1 << 15;

  /** The pitch of a mono source, which is read to its end. */
  PitchTrack track(AudioSource source, Voicing voicing) throws AudioException {
    Frames frames = new Frames(AudioSource.SAMPLE_RATE, voicing);
    float[] block = new float[BLOCK];
    int read;
    while ((read = source.read(block, 0, block.length)) > 0) {
      frames.add(block, read);
    }
    return frames.end();
  }

  /** The same for samples in memory. */
  PitchTrack track(float[] samples, int sampleRate, Voicing voicing) {
    Frames frames = new Frames(sampleRate, voicing);
    frames.add(samples, samples.length);
    return frames.end();
  }

  /** What is kept of the frames heard so far, and the costs of the best paths to the last one. */
  private static final class Frames {
    private final PitchCandidates candidates;
    private final int hop;
    private final int lead;
    private final HighPass highPass;
    private final Voicing voicing;
    private float[] pending;
    private int pendingCount;

    private int frames;
    private float[] pitch = new float[1 << 12];
    private float[] energy = new float[1 << 9];
    private float[] voice = new float[1 << 9];
    private byte[] counts = new byte[1 << 9];
    private byte[] from = new byte[1 << 12];

    // The states of a frame: its candidates, and last of all unvoiced.
    private double[] costs = {0};

    Frames(int sampleRate, Voicing voicing) {
      this.voicing = voicing;
      this.candidates = new PitchCandidates(sampleRate);
      this.highPass = new HighPass(BASS_HZ, sampleRate);
      this.hop = (int) Math.round(FRAME_SECONDS * sampleRate);
      // A frame's time is its middle; half a frame of silence before the first one.
      this.lead = candidates.frameSamples() / 2;
      this.pending = new float[candidates.frameSamples() + BLOCK];
      this.pendingCount = lead;
    }

    void add(float[] samples, int length) {
      if (pendingCount + length > pending.length) {
        pending = Arrays.copyOf(pending, pendingCount + length);
      }
      for (int i = 0; i < length; i++) {
        pending[pendingCount + i] = highPass.next(samples[i]);
      }
      pendingCount += length;
      int at = 0;
      for (; at + candidates.frameSamples() <= pendingCount; at += hop) {
        candidates.find(pending, at);
        frame();
      }
      System.arraycopy(pending, at, pending, 0, pendingCount - at);
      pendingCount -= at;
    }

    private void frame() {
      int n = candidates.count();
      int states = PitchCandidates.MOST + 1;
      if (frames == counts.length) {
        pitch = Arrays.copyOf(pitch, 2 * pitch.length);
        energy = Arrays.copyOf(energy, 2 * energy.length);
        voice = Arrays.copyOf(voice, 2 * voice.length);
        counts = Arrays.copyOf(counts, 2 * counts.length);
        from = Arrays.copyOf(from, 2 * from.length);
      }
      double[] next = new double[n + 1];
      double voiced = 0;
      double heard = voicing.at(frames * FRAME_SECONDS);
      for (int c = 0; c < n; c++) {
        voiced += candidates.probability(c);
        pitch[frames * states + c] = candidates.semitones(c);
        next[c] = VOICED * (1 - heard) - Math.log(Math.max(SMALLEST, candidates.probability(c)));
      }
      // Without a voice, a pitch that is heard says nothing: it is the band's.
      next[n] = heard * (UNVOICED - Math.log(Math.max(SMALLEST, 1 - voiced)));
      int before = costs.length - 1;
      for (int c = 0; c <= n; c++) {
        double best = Double.POSITIVE_INFINITY;
        for (int b = 0; b <= before; b++) {
          double price;
          if (c == n || b == before) {
            price = (c == n) == (b == before) ? 0 : CHANGE;
          } else {
            float last = pitch[(frames - 1) * states + b];
            price = Math.min(LEAP, SEMITONE * Math.abs(candidates.semitones(c) - last));
          }
          if (costs[b] + price < best) {
            best = costs[b] + price;
            from[frames * states + c] = (byte) b;
          }
        }
        next[c] += best;
      }
      double least = Arrays.stream(next).min().orElseThrow();
      for (int c = 0; c <= n; c++) {
        next[c] -= least; // sums over hours would lose their digits
      }
      costs = next;
      counts[frames] = (byte) n;
      energy[frames] = candidates.energy();
      voice[frames] = (float) heard;
      frames++;
    }

    PitchTrack end() {
      // Silence behind the end, so that the last sample has a frame, too.
      add(new float[candidates.frameSamples()], candidates.frameSamples() - lead);
      float[] semitones = new float[frames];
      int state = 0;
      for (int c = 1; c < costs.length; c++) {
        state = costs[c] < costs[state] ? c : state;
      }
      for (int f = frames - 1; f >= 0; f--) {
        int at = f * (PitchCandidates.MOST + 1) + state;
        semitones[f] = state == counts[f] ? Float.NaN : pitch[at];
        state = from[at];
      }
      return new PitchTrack(
          FRAME_SECONDS, semitones, Arrays.copyOf(energy, frames), Arrays.copyOf(voice, frames));
    }
  }
}
