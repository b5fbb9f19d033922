package org.chorale.synth;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;
import org.chorale.text.DocumentParser;

/**
 * How fast speech is made in a program that runs already: real-time factor and first audio. Not a
 * test; {@code java -cp target/test-classes:target/chorale.jar org.chorale.synth.SpeechTimes}.
 */
public final class SpeechTimes {

  private static final int ROUNDS = 12;

  private static final String TEXT =
      "The quick brown fox jumps over the lazy dog. In 1969 two men walked on the moon, and a third"
          + " one waited for them. Would you have gone with them, if they had asked you?";

  private SpeechTimes() {}

  /** Prints both for either method, with the given number of threads. */
  public static void main(String[] args) throws Exception {
    int threads = args.length > 0 ? Integer.parseInt(args[0]) : 2;
    OrtRuntime runtime = new OrtRuntime(threads, Device.parse("cpu"));
    try (Synthesizer synthesizer =
        Synthesizer.load(
            ModelFolder.open(Path.of("models/tts-v1")),
            Pronouncer.load(ModelFolder.open(Path.of("models/g2p-v1")), runtime),
            runtime)) {
      Document document = new DocumentParser().parse(TEXT, "en");
      for (SpeechSettings.Method method : SpeechSettings.Method.values()) {
        double[] factors = new double[ROUNDS];
        double[] first = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
          long began = System.nanoTime();
          SpeechStream speech =
              synthesizer.speak(
                  document, synthesizer.voices().get(0), new SpeechSettings(1, method, round));
          Optional<SpeechBlock> block = speech.next();
          first[round] = (System.nanoTime() - began) / 1e6;
          while (block.isPresent()) {
            block = speech.next();
          }
          factors[round] = (System.nanoTime() - began) / 1e9 / speech.seconds();
        }
        java.util.Arrays.sort(factors);
        java.util.Arrays.sort(first);
        System.out.printf(
            Locale.ROOT,
            "%s, %d threads: real-time factor %.3f (best %.3f), first audio %.0f ms (best %.0f)%n",
            method,
            threads,
            factors[ROUNDS / 2],
            factors[0],
            first[ROUNDS / 2],
            first[0]);
      }
    }
  }
}
