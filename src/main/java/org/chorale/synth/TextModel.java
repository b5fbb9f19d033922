package org.chorale.synth;

import java.util.Map;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.chorale.onnx.OnnxSession.LongTensor;

/** The encoder of phones, which both ways to the tokens start from. Thread-safe. */
final class TextModel implements AutoCloseable {

  private static final double LONGEST_LOG = 1; // seconds; nothing near is ever predicted

  private final OnnxSession session;

  TextModel(OnnxSession session) {
    this.session = session;
  }

  /**
   * Encodes a sentence.
   *
   * @param language number of the language among those of the model
   */
  Encoding encode(PhoneString phones, int language, Voice voice) {
    int n = phones.length();
    FloatTensor out =
        session.run(
            Map.of(
                "phones", new LongTensor(phones.phones(), new long[] {1, n}),
                "features",
                    new FloatTensor(phones.features(), new long[] {1, n, PhoneString.FEATURES}),
                "language", new LongTensor(new long[] {language}, new long[] {1}),
                "speaker", new FloatTensor(voice.manner(), new long[] {1, voice.manner().length})),
            "encoded");
    int columns = (int) out.shape()[2];
    int width = columns - 1;
    float[] values = new float[n * width];
    double[] seconds = new double[n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(out.values(), i * columns, values, i * width, width);
      seconds[i] = Math.exp(Math.min(LONGEST_LOG, out.values()[i * columns + width]));
    }
    seconds[0] = Durations.LEADING_SECONDS;
    return new Encoding(phones, values, width, seconds);
  }

  @Override
  public void close() {
    session.close();
  }
}
