package org.chorale.align;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.chorale.acoustic.Emissions;
import org.chorale.acoustic.OfflineEmissions;
import org.chorale.acoustic.OnnxAcousticModel;
import org.chorale.acoustic.PhoneSet;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.engine.PhoneReadings;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.DocumentReader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The guided search against the full one on a long recording; takes minutes, so it runs only when
 * asked for (docs/long-audio.md): the property {@code chorale.recording} names audio, text and
 * language, separated by commas.
 */
@Tag("slow")
class FullSearchIdentityTest {

  @TempDir private Path folder;

  /** The text with one passage in ten of 20 words taken out, doubled or moved. */
  private static String edited(String text, String edit) {
    if (edit.equals("right")) {
      return text;
    }
    List<String> words = Arrays.asList(text.trim().split("\\s+"));
    Random random = new Random(5);
    List<String> out = new ArrayList<>();
    for (int w = 0; w < words.size(); w += 20) {
      List<String> passage = words.subList(w, Math.min(words.size(), w + 20));
      boolean chosen = random.nextInt(5) == 0;
      if (!chosen || !edit.equals("missing")) {
        out.addAll(passage);
      }
      if (chosen && edit.equals("repeated")) {
        out.addAll(passage);
      }
      if (chosen && edit.equals("foreign")) {
        int from = random.nextInt(words.size() - 20);
        out.addAll(words.subList(from, from + 20));
      }
    }
    return String.join(" ", out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"right", "missing", "repeated", "foreign"})
  void thePathIsThatOfTheFullSearch(String edit) throws Exception {
    String property = System.getProperty("chorale.recording", "");
    Assumptions.assumeFalse(property.isEmpty(), "no recording named");
    String[] parts = property.split(",");
    Path textFile = folder.resolve("text.txt");
    Files.writeString(textFile, edited(Files.readString(Path.of(parts[1])), edit));
    OrtRuntime runtime = new OrtRuntime(2, Device.cpu());
    ModelFolder speech = ModelFolder.open(Path.of("models/speech-v1"));
    try (Pronouncer pronouncer =
            Pronouncer.load(ModelFolder.open(Path.of("models/g2p-v1")), runtime);
        OnnxAcousticModel model = OnnxAcousticModel.load(speech, runtime);
        AudioSource source = new AudioFiles().open(parts[0]);
        Emissions emissions = new OfflineEmissions(model).of(source, s -> {}).emissions()) {
      PhoneSet phones = model.phones();
      SearchSettings settings = SearchSettings.defaults();
      List<List<Reading>> text =
          new PhoneReadings(pronouncer, phones.symbols())
              .of(new DocumentReader().read(textFile.toString(), parts[2]));
      int star = SpeechScores.starClass(emissions.classes());
      Trellis trellis = TextTrellis.of(text, phones.silence(), star, settings);
      SpeechScores scores =
          new SpeechScores(emissions, phones.logPriors(), phones.silence(), new int[0], settings);

      ViterbiKernel.Path guided =
          new GuidedSearch(phones.silence(), star, settings.beam()).bestPath(trellis, text, scores);
      ViterbiKernel.Path full =
          new CheckpointedViterbi(Float.POSITIVE_INFINITY).bestPath(trellis, scores);

      assertThat(Arrays.mismatch(guided.nodes(), full.nodes())).isEqualTo(-1);
      assertThat(guided.score()).isEqualTo(full.score()); // sums of whole numbers
    }
  }
}
