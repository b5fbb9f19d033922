package org.chorale.synth;

import java.util.Map;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;

/** What every 20 ms of a sentence sounds like once it is known which phone it belongs to. */
final class FrameModel implements AutoCloseable {

  private static final int COLUMNS = 5;

  private final OnnxSession session;

  FrameModel(OnnxSession session) {
    this.session = session;
  }

  /**
   * Every frame of a sentence.
   *
   * @param tokens the likeliest token of each
   * @param octaves pitch over that of the voice, two values a frame
   * @param voicing log odds of a voice, two values a frame
   */
  @SuppressWarnings("ArrayRecordComponent") // a view, never compared
  record Frames(int[] tokens, float[] octaves, float[] voicing) {}

  /** The frames of a sentence whose phones have this many tokens each. */
  Frames of(Encoding sentence, int[] counts) {
    float[] out = run(sentence, counts, "frames").values();
    int total = out.length / COLUMNS;
    int[] tokens = new int[total];
    float[] octaves = new float[2 * total];
    float[] voicing = new float[2 * total];
    for (int i = 0; i < total; i++) {
      tokens[i] = Math.round(out[COLUMNS * i]);
      for (int h = 0; h < 2; h++) {
        octaves[2 * i + h] = out[COLUMNS * i + 1 + h];
        voicing[2 * i + h] = out[COLUMNS * i + 3 + h];
      }
    }
    return new Frames(tokens, octaves, voicing);
  }

  /** What the net knows of every frame before it says its token: [1, frames, numbers]. */
  FloatTensor hidden(Encoding sentence, int[] counts) {
    return run(sentence, counts, "hidden");
  }

  private FloatTensor run(Encoding sentence, int[] counts, String output) {
    int total = 0;
    for (int count : counts) {
      total += count;
    }
    int width = sentence.width();
    float[] stretched = new float[width * total];
    float[] place = new float[2 * total];
    int t = 0;
    for (int phone = 0; phone < counts.length; phone++) {
      for (int k = 0; k < counts[phone]; k++, t++) {
        for (int c = 0; c < width; c++) {
          stretched[c * total + t] = sentence.values()[phone * width + c];
        }
        place[t] = (k + 0.5f) / counts[phone];
        place[total + t] = (float) (Math.log(counts[phone]) / 2);
      }
    }
    return session.run(
        Map.of(
            "stretched", new FloatTensor(stretched, new long[] {1, width, total}),
            "place", new FloatTensor(place, new long[] {1, 2, total})),
        output);
  }

  @Override
  public void close() {
    session.close();
  }
}
