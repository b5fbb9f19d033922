package org.chorale.acoustic;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OrtRuntime;

/**
 * A frame classifier of phones for streams: it looks little ahead, and what its layers need again
 * stays with the stream, so that every frame is computed once. Many streams go through it at a
 * time, one step each. Thread-safe; a stream takes part in one step at a time.
 */
public final class OnlineAcousticModel implements AutoCloseable {

  /** What the manifest of such a model has for a task. */
  public static final String TASK = "ctc-acoustic-online";

  private static final String SAMPLES = "samples";
  private static final String STATE = "state";
  private static final List<String> OUTPUTS = List.of("log_posteriors", "next_state");

  private final OnnxSession session;
  private final PhoneSet phones;
  private final int frameSamples;
  private final int stepFrames;
  private final int lookAheadFrames;
  private final float[] silence;

  private OnlineAcousticModel(ModelFolder folder, OnnxSession session) throws ModelException {
    JsonNode json = folder.manifest().json();
    this.session = session;
    this.phones = PhoneManifest.phones(folder);
    this.frameSamples = PhoneManifest.positive(folder, "frameStrideSamples");
    this.lookAheadFrames = PhoneManifest.positive(folder, "lookAheadFrames");
    this.stepFrames = PhoneManifest.positive(folder, "stepFrames");
    int multiple = PhoneManifest.positive(folder, "stepMultipleFrames");
    if (stepFrames % multiple != 0) {
      throw folder.broken("'stepFrames' is not a multiple of 'stepMultipleFrames'");
    }
    int past = PhoneManifest.positive(folder, "leftContextFrames") + lookAheadFrames;
    this.silence = silence(PhoneManifest.positive(folder, "stateFloats"), past);
  }

  /**
   * Loads a model.
   *
   * @throws ModelException when files are missing, damaged or of another kind
   */
  public static OnlineAcousticModel load(ModelFolder folder, OrtRuntime runtime)
      throws ModelException {
    JsonNode json = folder.manifest().json();
    if (!folder.manifest().task().equals(TASK)
        || !json.path("features").asText().equals("raw")
        || json.path("sampleRate").asInt() != 16_000
        || !json.path("silence").isInt()) {
      throw folder.broken(
          "it is of no model for streams: such a one has task %s, raw samples of 16000 Hz and a"
                  .formatted(TASK)
              + " 'silence'");
    }
    OnnxSession session =
        runtime.open(folder.folder().resolve("model.onnx").toString(), folder.read("model.onnx"));
    try {
      return new OnlineAcousticModel(folder, session);
    } catch (ModelException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** What a stream remembers before its first sample: as if silence went before it. */
  private float[] silence(int size, int pastFrames) {
    float[] state = new float[size];
    for (int f = 0; f < pastFrames; f += stepFrames) {
      state =
          session
              .run(
                  Map.of(SAMPLES, tensor(new float[stepSamples()], 1), STATE, tensor(state, 1)),
                  OUTPUTS)
              .get(1)
              .values();
    }
    return state;
  }

  private static OnnxSession.FloatTensor tensor(float[] values, int streams) {
    return new OnnxSession.FloatTensor(values, new long[] {streams, values.length / streams});
  }

  /** The classes and what was measured of them. */
  public PhoneSet phones() {
    return phones;
  }

  /** Samples from frame to frame. */
  public int frameSamples() {
    return frameSamples;
  }

  /** Samples that a stream takes in a step. */
  public int stepSamples() {
    return stepFrames * frameSamples;
  }

  /** Frames that the posteriors lag behind the samples. */
  public int lookAheadFrames() {
    return lookAheadFrames;
  }

  /** A stream before its first sample. */
  public Stream stream() {
    return new Stream();
  }

  /**
   * Takes a step with every stream.
   *
   * @param streams every one at most once; not in any other step meanwhile
   * @param samples per stream its next samples, in [-1, 1]; all of one length, a multiple of {@link
   *     #stepSamples()}
   * @return per stream the log posteriors of the frames that came of it, frames x classes, natural
   *     logarithm; none while its first frames wait for their look-ahead
   */
  public List<float[]> step(List<Stream> streams, List<float[]> samples) {
    int count = streams.size();
    int length = samples.get(0).length;
    float[] input = new float[count * length];
    float[] state = new float[count * silence.length];
    for (int i = 0; i < count; i++) {
      if (samples.get(i).length != length || length % stepSamples() != 0) {
        throw new IllegalArgumentException(
            "%d samples beside %d".formatted(samples.get(i).length, length));
      }
      System.arraycopy(samples.get(i), 0, input, i * length, length);
      System.arraycopy(streams.get(i).state, 0, state, i * silence.length, silence.length);
    }
    List<OnnxSession.FloatTensor> out =
        session.run(Map.of(SAMPLES, tensor(input, count), STATE, tensor(state, count)), OUTPUTS);
    float[] posteriors = out.get(0).values();
    float[] next = out.get(1).values();
    int classes = phones.symbols().size();
    int frames = length / frameSamples;
    float[][] each = new float[count][];
    for (int i = 0; i < count; i++) {
      System.arraycopy(next, i * silence.length, streams.get(i).state, 0, silence.length);
      int early = Math.min(frames, streams.get(i).earlyFrames);
      streams.get(i).earlyFrames -= early;
      each[i] = new float[(frames - early) * classes];
      System.arraycopy(posteriors, (i * frames + early) * classes, each[i], 0, each[i].length);
    }
    return List.of(each);
  }

  @Override
  public void close() {
    session.close();
  }

  /** What the model remembers of a stream. */
  public final class Stream {

    private final float[] state = silence.clone();
    private int earlyFrames = lookAheadFrames;

    private Stream() {}
  }
}
