package org.chorale.dsp;

import java.util.Arrays;
import org.chorale.dsp.LogMelSettings.Framing;
import org.chorale.dsp.LogMelSettings.MelScale;

/**
 * A log-mel front end: mono samples to the natural logarithm of mel filter energies. Immutable and
 * thread-safe.
 */
public final class LogMel {

  private final LogMelSettings settings;
  private final PowerSpectrum spectrum;
  private final double[] window;
  private final double[][] filters;
  private final int[] filterStarts;

  /** Tables for these settings. */
  public LogMel(LogMelSettings settings) {
    this.settings = settings;
    this.spectrum = new PowerSpectrum(settings.fftSize());
    this.window = window(settings);
    this.filters = new double[settings.mels()][];
    this.filterStarts = new int[settings.mels()];
    fillFilters();
  }

  /** Filters, the numbers of a frame. */
  public int mels() {
    return settings.mels();
  }

  /** Frames of a signal of so many samples. */
  public int frames(int samples) {
    int hop = settings.hopSamples();
    return switch (settings.framing()) {
      case CENTRED_ZEROS, CENTRED_MIRRORED -> samples / hop + 1;
      case HALF_HOP_MIRRORED -> (samples + hop / 2) / hop;
      case WHOLE ->
          samples < settings.windowSamples() ? 0 : (samples - settings.windowSamples()) / hop + 1;
    };
  }

  /**
   * The features of a signal.
   *
   * @param samples in [-1, 1]
   * @return {@link #frames} x {@link #mels()}, row by row
   */
  public float[] of(float[] samples) {
    int frames = frames(samples.length);
    int mels = settings.mels();
    float[] signal = settings.preemphasisByFrame() ? samples : emphasised(samples);
    float[] out = new float[frames * mels];
    double[] frame = new double[settings.fftSize()];
    double[] scratch = new double[settings.fftSize()];
    double[] power = new double[spectrum.bins()];
    for (int t = 0; t < frames; t++) {
      cut(signal, t, frame);
      spectrum.of(frame, scratch, power);
      if (!settings.power()) {
        for (int b = 0; b < power.length; b++) {
          power[b] = Math.sqrt(power[b]);
        }
      }
      for (int m = 0; m < mels; m++) {
        double sum = 0;
        double[] filter = filters[m];
        for (int k = 0; k < filter.length; k++) {
          sum += filter[k] * power[filterStarts[m] + k];
        }
        out[t * mels + m] = (float) log(sum);
      }
    }
    return out;
  }

  private double log(double energy) {
    return settings.guardIsAdded()
        ? Math.log(energy + settings.logGuard())
        : Math.log(Math.max(energy, settings.logGuard()));
  }

  private float[] emphasised(float[] samples) {
    float[] out = samples.clone();
    float share = (float) settings.preemphasis();
    for (int i = samples.length - 1; i > 0; i--) {
      out[i] -= share * samples[i - 1];
    }
    return out;
  }

  /** Frame {@code t}, windowed, the rest of {@code frame} zero. */
  private void cut(float[] signal, int t, double[] frame) {
    int length = settings.windowSamples();
    int hop = settings.hopSamples();
    int start =
        switch (settings.framing()) {
          case CENTRED_ZEROS, CENTRED_MIRRORED -> t * hop - length / 2;
          case HALF_HOP_MIRRORED -> t * hop + hop / 2 - length / 2;
          case WHOLE -> t * hop;
        };
    double scale = settings.sampleScale();
    if (start >= 0 && start + length <= signal.length) {
      for (int i = 0; i < length; i++) {
        frame[i] = scale * signal[start + i];
      }
    } else {
      for (int i = 0; i < length; i++) {
        frame[i] = scale * sample(signal, start + i);
      }
    }
    if (settings.removeOffset()) {
      double sum = 0;
      for (int i = 0; i < length; i++) {
        sum += frame[i];
      }
      double mean = sum / length;
      for (int i = 0; i < length; i++) {
        frame[i] -= mean;
      }
    }
    if (settings.preemphasisByFrame()) {
      for (int i = length - 1; i >= 0; i--) {
        frame[i] -= settings.preemphasis() * frame[Math.max(0, i - 1)];
      }
    }
    for (int i = 0; i < length; i++) {
      frame[i] *= window[i];
    }
    Arrays.fill(frame, length, frame.length, 0);
  }

  private double sample(float[] signal, int at) {
    if (at >= 0 && at < signal.length) {
      return signal[at];
    }
    if (settings.framing() == Framing.CENTRED_ZEROS || signal.length == 0) {
      return 0;
    }
    // The mirror lies on the first sample, or before it; short signals are mirrored repeatedly.
    int edge = settings.framing() == Framing.HALF_HOP_MIRRORED ? 1 : 0;
    int last = signal.length - 1;
    int i = at;
    while (i < 0 || i > last) {
      if (last == 0) {
        return signal[0];
      }
      i = i < 0 ? -i - edge : 2 * last - i + edge;
    }
    return signal[i];
  }

  private static double[] window(LogMelSettings settings) {
    int length = settings.windowSamples();
    double[] out = new double[length];
    for (int i = 0; i < length; i++) {
      double symmetric = Math.cos(2 * Math.PI * i / (length - 1));
      out[i] =
          switch (settings.window()) {
            case HANN -> 0.5 - 0.5 * symmetric;
            case HANN_PERIODIC -> 0.5 - 0.5 * Math.cos(2 * Math.PI * i / length);
            case HAMMING -> 0.54 - 0.46 * symmetric;
            case POVEY -> Math.pow(0.5 - 0.5 * symmetric, 0.85);
            case RECTANGULAR -> 1;
          };
    }
    return out;
  }

  private void fillFilters() {
    int mels = settings.mels();
    double low = mel(settings.lowHertz());
    double high = mel(settings.highHertz());
    double binHertz = settings.sampleRate() / (double) settings.fftSize();
    for (int m = 0; m < mels; m++) {
      double left = low + (high - low) * m / (mels + 1);
      double centre = low + (high - low) * (m + 1) / (mels + 1);
      double right = low + (high - low) * (m + 2) / (mels + 1);
      double height = settings.equalAreas() ? 2 / (hertz(right) - hertz(left)) : 1;
      double[] weights = new double[spectrum.bins()];
      int first = weights.length;
      int end = 0;
      for (int b = 0; b < weights.length; b++) {
        double f = b * binHertz;
        double weight =
            settings.straightInMels()
                ? triangle(mel(f), left, centre, right)
                : triangle(f, hertz(left), hertz(centre), hertz(right));
        weights[b] = height * weight;
        if (weight > 0) {
          first = Math.min(first, b);
          end = b + 1;
        }
      }
      filterStarts[m] = Math.min(first, end);
      filters[m] = Arrays.copyOfRange(weights, Math.min(first, end), end);
    }
  }

  private static double triangle(double x, double left, double centre, double right) {
    return Math.max(0, Math.min((x - left) / (centre - left), (right - x) / (right - centre)));
  }

  private static final double SLANEY_HERTZ_A_MEL = 200.0 / 3;
  private static final double SLANEY_BREAK = 1000;
  private static final double SLANEY_STEP = Math.log(6.4) / 27;

  private double mel(double hertz) {
    if (settings.scale() == MelScale.HTK) {
      return 1127 * Math.log(1 + hertz / 700);
    }
    return hertz < SLANEY_BREAK
        ? hertz / SLANEY_HERTZ_A_MEL
        : SLANEY_BREAK / SLANEY_HERTZ_A_MEL + Math.log(hertz / SLANEY_BREAK) / SLANEY_STEP;
  }

  private double hertz(double mel) {
    if (settings.scale() == MelScale.HTK) {
      return 700 * (Math.exp(mel / 1127) - 1);
    }
    double atBreak = SLANEY_BREAK / SLANEY_HERTZ_A_MEL;
    return mel < atBreak
        ? mel * SLANEY_HERTZ_A_MEL
        : SLANEY_BREAK * Math.exp((mel - atBreak) * SLANEY_STEP);
  }
}
