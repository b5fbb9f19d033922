package org.chorale.acoustic;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OrtRuntime;

/** An acoustic model from its folder, features inside the graph. Thread-safe. */
public final class OnnxAcousticModel implements AcousticModel, AutoCloseable {

  private final OnnxSession session;
  private final String input;
  private final String output;
  private final int frameSamples;
  private final int frameMultiple;
  private final int contextSamples;
  private final PhoneSet phones;

  private OnnxAcousticModel(ModelFolder folder, OnnxSession session) throws ModelException {
    JsonNode json = folder.manifest().json();
    this.session = session;
    this.input = json.path("input").asText("samples");
    this.output = json.path("output").asText("log_posteriors");
    this.frameSamples = PhoneManifest.positive(folder, "frameStrideSamples");
    this.frameMultiple = json.path("frameMultiple").asInt(1);
    this.contextSamples = PhoneManifest.positive(folder, "contextSamples");
    this.phones = PhoneManifest.phones(folder);
  }

  /**
   * Loads a model.
   *
   * @throws ModelException when files are missing, damaged or of another kind
   */
  public static OnnxAcousticModel load(ModelFolder folder, OrtRuntime runtime)
      throws ModelException {
    JsonNode json = folder.manifest().json();
    if (!folder.manifest().task().equals("ctc-acoustic")
        || !json.path("features").asText().equals("raw")
        || json.path("sampleRate").asInt() != 16_000) {
      throw folder.broken(
          "it is of no acoustic model: a CTC model has task ctc-acoustic and a 'blank', a frame"
              + " classifier raw samples of 16000 Hz and a 'silence'");
    }
    if (!json.path("silence").isInt()) {
      throw folder.broken("it names neither a 'blank' (CTC) nor a 'silence' (frame classifier)");
    }
    String file = file(folder, runtime.onGpu());
    OnnxSession session =
        runtime.openForRuns(folder.folder().resolve(file).toString(), folder.read(file));
    return new OnnxAcousticModel(folder, session);
  }

  /** The file with the graph: the same net may come in numbers that a GPU likes better. */
  static String file(ModelFolder folder, boolean onGpu) {
    return onGpu ? folder.manifest().json().path("modelOnGpu").asText("model.onnx") : "model.onnx";
  }

  /** The classes and what was measured of them. */
  public PhoneSet phones() {
    return phones;
  }

  @Override
  public int frameSamples() {
    return frameSamples;
  }

  @Override
  public int frameMultiple() {
    return frameMultiple;
  }

  @Override
  public int contextSamples() {
    return contextSamples;
  }

  @Override
  public int classes() {
    return phones.symbols().size();
  }

  @Override
  public int runsAtATime() {
    return session.runsAtATime();
  }

  @Override
  public float[] logPosteriors(float[] samples) {
    int run = samples.length - 2 * contextSamples;
    if (run <= 0 || run % (frameSamples * frameMultiple) != 0) {
      throw new IllegalArgumentException(
          "%d samples are not %d of context and a multiple of %d frames"
              .formatted(samples.length, 2 * contextSamples, frameMultiple));
    }
    return session
        .run(
            Map.of(input, new OnnxSession.FloatTensor(samples, new long[] {1, samples.length})),
            output)
        .values();
  }

  @Override
  public void close() {
    session.close();
  }
}
