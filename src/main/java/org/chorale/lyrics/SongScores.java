package org.chorale.lyrics;

import org.chorale.acoustic.Emissions;
import org.chorale.acoustic.PhoneContexts;
import org.chorale.acoustic.PhoneSet;
import org.chorale.align.EmissionScores;

/**
 * Scores of the phones-in-context of a text: what the sound alone says and what it says against the
 * other phones of the text, weighed, less what being held costs. Thread-safe.
 */
final class SongScores implements EmissionScores {

  private final Emissions emissions;
  private final PhoneContexts text;
  private final SongClasses classes;
  private final SongSettings settings;
  private final int phones;
  private final int silence;
  private final float[] offset;
  private final float[] heldCost;
  private final boolean[] vowel;

  SongScores(Emissions emissions, PhoneSet set, PhoneContexts text, SongSettings settings) {
    this.emissions = emissions;
    this.text = text;
    this.classes = new SongClasses(text);
    this.settings = settings;
    this.phones = set.symbols().size();
    this.silence = set.silence();
    this.offset = new float[phones];
    this.heldCost = new float[phones];
    this.vowel = new boolean[phones];
    for (int c = 0; c < phones; c++) {
      vowel[c] = set.isVowel(c);
      heldCost[c] =
          set.isVowel(c)
              ? settings.durations().heldVowelFrameCost()
              : settings.durations().heldConsonantFrameCost();
      offset[c] = settings.priorScale() * set.logPriors()[c];
    }
    heldCost[silence] = 0;
  }

  /** Log posterior of the vowels together. */
  private float anyVowel(float[] logPosteriors) {
    double sum = 1e-9;
    for (int c = 0; c < phones; c++) {
      sum += vowel[c] ? Math.exp(logPosteriors[c]) : 0;
    }
    return (float) Math.log(sum);
  }

  /**
   * What every frame says for the class it is given on a path: how far its phone lies below the
   * best of all phones by the sound alone, plus how far it lies below the best of the text. The
   * text alone would not do: where it is short, something in it always fits.
   *
   * @param path class of every frame; singing that is not in the text is taken for the best there
   *     is
   * @return nats, at most 0
   */
  float[] evidence(int[] path) {
    float[] out = new float[path.length];
    float[] all = new float[emissions.classes()];
    for (int t = 0; t < path.length; t++) {
      int context = classes.context(path[t]);
      if (context < 0) {
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
      out[t] = all[text.phone(context)] - bestPhone + all[phones + context] - bestContrast;
    }
    return out;
  }

  /** Posterior of any phone at all, by the sound alone. */
  double voice(int frame) {
    float[] all = new float[emissions.classes()];
    emissions.copyFrame(frame, all);
    return 1 - Math.exp(all[silence]);
  }

  @Override
  public int frames() {
    return emissions.frames();
  }

  @Override
  public int classes() {
    return classes.count();
  }

  @Override
  public void scores(int frame, float[] target) {
    float[] all = new float[emissions.classes()];
    emissions.copyFrame(frame, all);
    float bestPhone = Float.NEGATIVE_INFINITY;
    float anyVowel = anyVowel(all);
    for (int c = 0; c < phones; c++) {
      all[c] -= offset[c];
      if (c != silence) {
        bestPhone = Math.max(bestPhone, all[c]);
      }
    }
    float bestContrast = Float.NEGATIVE_INFINITY;
    for (int u = 0; u < text.size(); u++) {
      float contrast = all[phones + u];
      float score =
          settings.frameWeight() * all[text.phone(u)] + settings.contrastWeight() * contrast;
      target[u] = score - heldCost[text.phone(u)];
      target[classes.held(u)] = score;
      target[classes.anyVowel(u)] =
          Math.max(
              score,
              settings.frameWeight()
                      * (anyVowel - offset[text.phone(u)] - settings.otherVowelCost())
                  + settings.contrastWeight() * contrast);
      if (u > 0) {
        bestContrast = Math.max(bestContrast, contrast);
      }
    }
    target[classes.linePause()] = target[0] - settings.pauseFrameCost();
    target[classes.star()] =
        settings.frameWeight() * bestPhone
            + settings.contrastWeight() * bestContrast
            - settings.starFrameCost();
  }
}
