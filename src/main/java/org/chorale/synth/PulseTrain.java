package org.chorale.synth;

/**
 * Pulses at a given pitch: all harmonics below {@link #TOP_HZ} in step, power 1 where voiced. As
 * models/tts-v1/train/generator.py has it.
 */
final class PulseTrain {

  static final int HOP = 160;
  static final double TOP_HZ = 7_800;
  private static final double SAMPLE_RATE = 16_000;

  private PulseTrain() {}

  /**
   * The pulses of a sentence.
   *
   * @param hz pitch of every 10 ms, 0 where unvoiced
   * @return {@link #HOP} samples a value
   */
  static float[] of(float[] hz) {
    float[] out = new float[hz.length * HOP];
    int[] known = java.util.stream.IntStream.range(0, hz.length).filter(i -> hz[i] > 0).toArray();
    if (known.length == 0) {
      return out;
    }
    double cycles = 0;
    int next = 0; // first known frame at or after the sample
    for (int n = 0; n < out.length; n++) {
      double at = (n + 0.5) / HOP - 0.5;
      while (next < known.length && known[next] < at) {
        next++;
      }
      double pitch = pitch(hz, known, next, at);
      cycles += pitch / SAMPLE_RATE;
      double strength = strength(hz, at);
      if (strength > 0) {
        double count = Math.floor(TOP_HZ / pitch);
        double x = Math.PI * (cycles - Math.rint(cycles));
        double below = Math.sin(x);
        double kernel =
            Math.abs(below) < 1e-6 ? 2 * count + 1 : Math.sin((2 * count + 1) * x) / below;
        out[n] = (float) ((kernel - 1) / 2 * Math.sqrt(2 / count) * strength);
      }
    }
    return out;
  }

  private static double pitch(float[] hz, int[] known, int next, double at) {
    if (next == 0) {
      return hz[known[0]];
    }
    if (next == known.length) {
      return hz[known[next - 1]];
    }
    int a = known[next - 1];
    int b = known[next];
    return hz[a] + (hz[b] - hz[a]) * (at - a) / (b - a);
  }

  private static double strength(float[] hz, double at) {
    if (at <= 0) {
      return hz[0] > 0 ? 1 : 0;
    }
    int a = (int) at;
    double share = at - a;
    double left = hz[a] > 0 ? 1 : 0;
    double right = a + 1 < hz.length ? (hz[a + 1] > 0 ? 1 : 0) : left;
    return left + (right - left) * share;
  }
}
