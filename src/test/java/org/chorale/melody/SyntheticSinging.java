package org.chorale.melody;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.chorale.syllable.Syllable;

/**
 * Singing of known notes: pulses through three formants, slides from note to note, vibrato on long
 * notes, breath, a consonant (silence, noise or hum) before every vowel; and a band to sing with.
 */
final class SyntheticSinging {

  static final int RATE = 16_000;

  private static final int[] MAJOR = {0, 2, 4, 5, 7, 9, 11};
  private static final double[][] FORMANTS = {
    {700, 1200, 2600}, {300, 2300, 3000}, {450, 800, 2500}, {500, 1800, 2500}, {320, 800, 2300}
  };

  final List<Syllable> syllables = new ArrayList<>();
  final List<Integer> notes = new ArrayList<>();
  final float[] samples;

  private final Random random;

  /**
   * Sings.
   *
   * @param lowest MIDI number of the voice's lowest note; it has an octave and a half
   * @param cents how far the singer is from 440 Hz
   */
  SyntheticSinging(long seed, int count, int lowest, double cents) {
    random = new Random(seed);
    int tonic = random.nextInt(12);
    double at = 0.3;
    int degree = 4;
    for (int s = 0; s < count; s++) {
      degree = Math.max(0, Math.min(10, degree + random.nextInt(7) - 3));
      int root = lowest + Math.floorMod(tonic - lowest, 12) - 12;
      int note = root + MAJOR[degree % 7] + 12 * (degree / 7);
      notes.add(note < lowest ? note + 12 : note);
      double length = 0.16 + 0.7 * random.nextDouble() * random.nextDouble();
      syllables.add(new Syllable("la", 2 * s, 2 * s + 2, at, at + length));
      at += length + (random.nextInt(6) == 0 ? 0.4 : 0);
    }
    samples = new float[(int) ((at + 0.3) * RATE)];
    double phase = 0;
    double last = notes.get(0);
    for (int s = 0; s < count; s++) {
      Syllable syllable = syllables.get(s);
      double length = syllable.endSeconds() - syllable.startSeconds();
      double consonant = Math.min(0.3 * length, 0.03 + 0.08 * random.nextDouble());
      int kind = random.nextInt(3);
      double slide = 0.04 + 0.06 * random.nextDouble();
      double[] formants = FORMANTS[random.nextInt(FORMANTS.length)];
      double vibrato = length > 0.35 ? 0.3 + 0.4 * random.nextDouble() : 0;
      double error = 0.1 * random.nextGaussian() + cents / 100;
      double target = notes.get(s) + Math.max(-0.3, Math.min(0.3, error));
      int from = (int) (syllable.startSeconds() * RATE);
      int to = (int) (syllable.endSeconds() * RATE);
      for (int i = from; i < to; i++) {
        double t = (i - from) / (double) RATE;
        double rest = (to - i) / (double) RATE;
        double way = Math.min(1, Math.max(0, t - consonant) / slide);
        double pitch = last + (target - last) * way;
        pitch +=
            vibrato * Math.min(1, Math.max(0, t - 0.2) / 0.2) * Math.sin(2 * Math.PI * 5.6 * t);
        double hz = 440 * Math.pow(2, (pitch - 69) / 12);
        phase += hz / RATE;
        double voice = vowel(phase, hz, t < consonant ? new double[] {250, 1100, 2200} : formants);
        double noise = 0.3 * random.nextGaussian();
        double value;
        if (t < consonant) {
          value = kind == 0 ? 0 : kind == 1 ? 0.5 * noise : 0.4 * voice;
        } else {
          double fade = Math.min(1, Math.min((t - consonant) / 0.02, rest / 0.03));
          value = fade * (voice + 0.03 * noise);
        }
        samples[i] += (float) (0.3 * value);
      }
      last = target;
    }
    for (int i = 0; i < samples.length; i++) {
      samples[i] += (float) (0.001 * random.nextGaussian());
    }
  }

  private static double vowel(double phase, double hz, double[] formants) {
    double sum = 0;
    // sin(hx) from the two before it: a sine for every harmonic of every sample takes long
    double twice = 2 * Math.cos(2 * Math.PI * phase);
    double before = 0;
    double sine = Math.sin(2 * Math.PI * phase);
    for (int h = 1; h * hz < 4000; h++) {
      double amplitude = 1.0 / h;
      double gain = 0;
      for (double formant : formants) {
        double d = (h * hz - formant) / 120;
        gain += 1 / (1 + d * d);
      }
      sum += amplitude * (0.1 + gain) * sine;
      double next = twice * sine - before;
      before = sine;
      sine = next;
    }
    return sum;
  }

  /** The same with chords, bass and drums, the voice so many decibels louder than they are. */
  float[] withBand(double decibels) {
    float[] band = new float[samples.length];
    int root = 48;
    for (int i = 0; i < band.length; i++) {
      double t = i / (double) RATE;
      int chord = new int[] {0, 5, 7, 0}[(int) (t / 2) % 4];
      double value = 0.8 * Math.sin(2 * Math.PI * hz(root - 12 + chord) * t);
      for (int third : new int[] {0, 4, 7}) {
        for (int h = 1; h <= 5; h++) {
          value += 0.4 / h * Math.sin(2 * Math.PI * h * hz(root + 12 + chord + third) * t);
        }
      }
      double beat = t % 0.5;
      value += 1.5 * Math.exp(-beat * 30) * random.nextGaussian();
      band[i] = (float) value;
    }
    double gain = Math.sqrt(power(samples) / power(band)) * Math.pow(10, -decibels / 20);
    float[] mix = new float[samples.length];
    for (int i = 0; i < mix.length; i++) {
      mix[i] = (float) (samples[i] + gain * band[i]);
    }
    return mix;
  }

  private static double hz(int midi) {
    return 440 * Math.pow(2, (midi - 69) / 12.0);
  }

  private static double power(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += sample * sample;
    }
    return sum / samples.length;
  }
}
