package org.chorale.dsp;

/**
 * Every parameter of a log-mel front end. No dither: the same samples give the same features.
 *
 * @param sampleRate Hz
 * @param sampleScale factor on samples in [-1, 1]: 32768 for models trained on 16-bit values
 * @param preemphasis how much of the sample before is taken off, 0 to 1
 * @param preemphasisByFrame whether that is done inside every frame (Kaldi) or over the signal
 *     (NeMo)
 * @param removeOffset whether the mean of every frame is taken off first
 * @param windowSamples length of a frame, samples
 * @param hopSamples from frame to frame, samples
 * @param framing where frames lie
 * @param window what a frame is weighted with
 * @param fftSize a power of two, at least {@code windowSamples}
 * @param power whether the squared magnitudes are summed, or the magnitudes
 * @param mels number of filters
 * @param scale which mel scale spaces them
 * @param lowHertz where the first filter begins
 * @param highHertz where the last one ends, at most half the sample rate
 * @param straightInMels whether the sides of the triangles are straight over mels (Kaldi) or over
 *     Hz (librosa)
 * @param equalAreas whether wide filters are lowered so that all have the same area (librosa's
 *     "slaney" norm)
 * @param logGuard least value, or what is added, before the natural logarithm
 * @param guardIsAdded which of the two
 */
public record LogMelSettings(
    int sampleRate,
    double sampleScale,
    double preemphasis,
    boolean preemphasisByFrame,
    boolean removeOffset,
    int windowSamples,
    int hopSamples,
    Framing framing,
    Window window,
    int fftSize,
    boolean power,
    int mels,
    MelScale scale,
    double lowHertz,
    double highHertz,
    boolean straightInMels,
    boolean equalAreas,
    double logGuard,
    boolean guardIsAdded) {

  /** Where the frames of a signal of N samples lie. */
  public enum Framing {
    /** Centred on every hop from sample 0; silence outside: N / hop + 1 frames. */
    CENTRED_ZEROS,
    /** Centred on every hop from sample 0; mirrored outside: N / hop + 1 frames. */
    CENTRED_MIRRORED,
    /** Centred on every half hop; mirrored outside (Kaldi without snip-edges): N / hop, rounded. */
    HALF_HOP_MIRRORED,
    /** Whole frames only, the first from sample 0 (Kaldi with snip-edges). */
    WHOLE
  }

  /** Shapes of window. */
  public enum Window {
    /** Raised cosine, zero at both ends. */
    HANN,
    /** Raised cosine whose last zero would be the next sample. */
    HANN_PERIODIC,
    /** Raised cosine on a pedestal of 0.08. */
    HAMMING,
    /** Kaldi's: Hann to the power of 0.85. */
    POVEY,
    /** All ones. */
    RECTANGULAR
  }

  /** Scales of pitch. */
  public enum MelScale {
    /** 1127 ln(1 + f / 700). */
    HTK,
    /** Linear to 1 kHz, logarithmic above. */
    SLANEY
  }

  /** Checks that the parameters go together. */
  public LogMelSettings {
    require(sampleRate > 0 && sampleScale > 0, "sample rate and scale are positive");
    require(preemphasis >= 0 && preemphasis <= 1, "pre-emphasis is from 0 to 1");
    require(windowSamples > 1 && hopSamples > 0, "window and hop are positive");
    require(
        fftSize >= windowSamples && Integer.bitCount(fftSize) == 1,
        "the FFT size is a power of two and not below the window");
    require(mels > 0 && mels < fftSize / 2, "there are fewer filters than bins");
    require(
        lowHertz >= 0 && highHertz > lowHertz && highHertz <= sampleRate / 2.0,
        "the filters lie between 0 Hz and half the sample rate");
    require(logGuard > 0, "the guard of the logarithm is positive");
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException(what);
    }
  }

  /** What NeMo's AudioToMelSpectrogramPreprocessor does at 16 kHz. */
  public static LogMelSettings nemo() {
    return new LogMelSettings(
        16_000,
        1,
        0.97,
        false,
        false,
        400,
        160,
        Framing.CENTRED_ZEROS,
        Window.HANN,
        512,
        true,
        80,
        MelScale.SLANEY,
        0,
        8_000,
        false,
        true,
        0x1p-24,
        true);
  }

  /** What Kaldi's filter banks are at 16 kHz as icefall and sherpa use them. */
  public static LogMelSettings kaldi() {
    return new LogMelSettings(
        16_000,
        1,
        0.97,
        true,
        true,
        400,
        160,
        Framing.HALF_HOP_MIRRORED,
        Window.POVEY,
        512,
        true,
        80,
        MelScale.HTK,
        20,
        7_600,
        true,
        false,
        0x1p-23,
        false);
  }
}
