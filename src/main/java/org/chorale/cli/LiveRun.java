package org.chorale.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Gaps;
import org.chorale.align.Verdict;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.engine.RecordingAligners;
import org.chorale.engine.TextFollower;
import org.chorale.engine.TextStream;
import org.chorale.follow.OnlineEvent;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;
import org.chorale.text.Word;

/** Follows texts in recordings as if these were live, as fast as the machine goes. */
final class LiveRun implements AutoCloseable {

  private final Pronouncer pronouncer;
  private final TextFollower follower;

  private LiveRun(Pronouncer pronouncer, TextFollower follower) {
    this.pronouncer = pronouncer;
    this.follower = follower;
  }

  /**
   * Loads the models.
   *
   * @param model folder of the low-latency model, null for the one that comes with Chorale
   */
  static LiveRun load(Environment environment, Path model, Device device) throws ModelException {
    OrtRuntime runtime = new OrtRuntime(Runtime.getRuntime().availableProcessors(), device);
    Pronouncer pronouncer =
        Pronouncer.load(
            ModelFolder.open(environment.models().resolve(RecordingAligners.PRONUNCIATION_MODEL)),
            runtime);
    Path folder = model == null ? environment.models().resolve("speech-online-v1") : model;
    return new LiveRun(
        pronouncer, TextFollower.load(ModelFolder.open(folder), pronouncer, runtime));
  }

  /**
   * What was final, and when.
   *
   * @param alignment the final words; the others are missing
   * @param spellings of the words in the order in which they became final
   * @param finalSeconds seconds of audio that had come in then
   */
  record Heard(Alignment alignment, List<String> spellings, List<Double> finalSeconds) {}

  /** Follows a text in a recording. */
  Heard follow(String audio, Document document) throws IOException {
    TextStream stream = follower.open(document);
    AlignedWord[] words = new AlignedWord[document.words().size()];
    List<String> spellings = new ArrayList<>();
    List<Double> finalSeconds = new ArrayList<>();
    try (AudioSource source = new AudioFiles().open(audio)) {
      float[] block = new float[follower.model().stepSamples()];
      int count;
      do {
        count = source.read(block, 0, block.length);
        if (count < 0) {
          stream.end();
        } else {
          stream.add(block, 0, count);
        }
        for (float[] step = stream.nextStep(); step != null; step = stream.nextStep()) {
          List<OnlineEvent> events =
              stream.heard(follower.model().step(List.of(stream.state()), List.of(step)).get(0));
          for (OnlineEvent event : events) {
            if (event instanceof OnlineEvent.Final word) {
              Word written = document.words().get(word.word());
              words[word.word()] =
                  AlignedWord.found(
                      written,
                      word.startSeconds(),
                      word.endSeconds(),
                      word.confidence(),
                      List.of());
              spellings.add(written.text());
              finalSeconds.add(stream.heardSeconds());
            }
          }
        }
      } while (count >= 0);
      for (int w = 0; w < words.length; w++) {
        words[w] = words[w] == null ? Gaps.missing(document.words().get(w)) : words[w];
      }
      Alignment alignment =
          new Alignment(
              new Alignment.Audio(
                  audio,
                  stream.samples() / (double) AudioSource.SAMPLE_RATE,
                  source.info().sampleRate(),
                  source.info().channels()),
              document.language(),
              "speech",
              "speech-online-v1",
              1,
              Verdict.OK,
              List.of(),
              List.of(words));
      return new Heard(alignment, spellings, finalSeconds);
    }
  }

  @Override
  public void close() {
    follower.close();
    pronouncer.close();
  }
}
