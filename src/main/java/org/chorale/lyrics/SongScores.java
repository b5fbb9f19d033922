package org.chorale.lyrics;

import org.chorale.acoustic.Emissions;
import org.chorale.acoustic.PhoneContexts;
import org.chorale.acoustic.PhoneSet;
import org.chorale.align.EmissionScores;

/**
 * Scores of the phones-in-context of a text: what the sound alone says and what it says against the
 * other phones of the text, weighed. Class 0 is silence, the last is the star: singing that is not
 * in the text. Thread-safe.
 */
final class SongScores implements EmissionScores {

  private final Emissions emissions;
  private final PhoneContexts text;
  private final SongSettings settings;
  private final int phones;
  private final int silence;
  private final float[] offset;

  SongScores(Emissions emissions, PhoneSet set, PhoneContexts text, SongSettings settings) {
    this.emissions = emissions;
    this.text = text;
    this.settings = settings;
    this.phones = set.symbols().size();
    this.silence = set.silence();
    this.offset = new float[phones];
    for (int c = 0; c < phones; c++) {
      offset[c] = settings.priorScale() * set.logPriors()[c];
    }
  }

  /** Class of singing that is not in the text. */
  static int starClass(PhoneContexts text) {
    return text.size();
  }

  /**
   * What every frame says for the class it is given on a path: how far its phone lies below the
   * best of all phones by the sound alone, plus how far it lies below the best of the text. The
   * text alone would not do: where it is short, something in it always fits.
   *
   * @param classes class of every frame; the star is taken for the best there is
   * @return nats, at most 0
   */
  float[] evidence(int[] classes) {
    float[] out = new float[classes.length];
    float[] all = new float[emissions.classes()];
    for (int t = 0; t < classes.length; t++) {
      if (classes[t] == starClass(text)) {
        continue;
      }
      emissions.copyFrame(t, all);
      float bestPhone = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < phones; c++) {
        bestPhone = Math.max(bestPhone, all[c]);
      }
      float bestContrast = Float.NEGATIVE_INFINITY;
      for (int u = 0; u < text.size(); u++) {
        bestContrast = Math.max(bestContrast, all[phones + u]);
      }
      out[t] = all[text.phone(classes[t])] - bestPhone + all[phones + classes[t]] - bestContrast;
    }
    return out;
  }

  @Override
  public int frames() {
    return emissions.frames();
  }

  @Override
  public int classes() {
    return text.size() + 1;
  }

  @Override
  public void scores(int frame, float[] target) {
    float[] all = new float[emissions.classes()];
    emissions.copyFrame(frame, all);
    float bestPhone = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < phones; c++) {
      all[c] -= offset[c];
      if (c != silence) {
        bestPhone = Math.max(bestPhone, all[c]);
      }
    }
    float bestContrast = Float.NEGATIVE_INFINITY;
    for (int u = 0; u < text.size(); u++) {
      float contrast = all[phones + u];
      target[u] =
          settings.frameWeight() * all[text.phone(u)] + settings.contrastWeight() * contrast;
      if (u > 0) {
        bestContrast = Math.max(bestContrast, contrast);
      }
    }
    target[text.size()] =
        settings.frameWeight() * bestPhone
            + settings.contrastWeight() * bestContrast
            - settings.starFrameCost();
  }
}
