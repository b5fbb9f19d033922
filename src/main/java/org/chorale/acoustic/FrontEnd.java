package org.chorale.acoustic;

import org.chorale.dsp.LogMel;
import org.chorale.dsp.Normalisation;

/** What is done to samples before a foreign model gets them. Implementations are thread-safe. */
interface FrontEnd {

  /**
   * What a model is fed for one window.
   *
   * @param values row by row; not copied
   * @param shape its dimensions without that of the batch
   * @param length what a model that asks for lengths is told: samples or frames
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Features(float[] values, long[] shape, long length) {}

  /**
   * The features of a window.
   *
   * @param samples in [-1, 1]
   * @param leastVariance of samples, where their level is normalised
   */
  Features of(float[] samples, double leastVariance);

  /** Dimensions of the model's input, that of the batch included. */
  int dimensions();

  /**
   * Plain samples: [batch, samples].
   *
   * @param normalised to mean 0 and variance 1
   */
  record Raw(boolean normalised) implements FrontEnd {
    @Override
    public Features of(float[] samples, double leastVariance) {
      float[] values =
          normalised ? Normalisation.zeroMeanUnitVariance(samples, leastVariance) : samples;
      return new Features(values, new long[] {values.length}, values.length);
    }

    @Override
    public int dimensions() {
      return 2;
    }
  }

  /**
   * Log-mel features.
   *
   * @param mel the front end
   * @param normalised whether every feature gets mean 0 and deviation 1 over the window
   * @param melsFirst [batch, mels, frames], or [batch, frames, mels]
   */
  record Mel(LogMel mel, boolean normalised, boolean melsFirst) implements FrontEnd {
    @Override
    public Features of(float[] samples, double leastVariance) {
      float[] rows = mel.of(samples);
      int mels = mel.mels();
      int frames = rows.length / mels;
      if (normalised && frames > 0) {
        Normalisation.perFeature(rows, mels);
      }
      if (!melsFirst) {
        return new Features(rows, new long[] {frames, mels}, frames);
      }
      float[] columns = new float[rows.length];
      for (int t = 0; t < frames; t++) {
        for (int m = 0; m < mels; m++) {
          columns[m * frames + t] = rows[t * mels + m];
        }
      }
      return new Features(columns, new long[] {mels, frames}, frames);
    }

    @Override
    public int dimensions() {
      return 3;
    }
  }
}
