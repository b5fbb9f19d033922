package org.chorale.acoustic;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.chorale.onnx.OnnxSession.LongTensor;
import org.chorale.onnx.OrtRuntime;

/**
 * A model of singing in the mix: an audio encoder that gives, for every frame, log posteriors of
 * the phones and a vector; and a text encoder that gives a vector for every phone-in-context of a
 * text. How well the vectors of a frame and of a phone-in-context go together, against all others
 * of the text, is the contrastive half of the evidence. Thread-safe.
 */
public final class LyricsModel implements AutoCloseable {

  /** What the manifest of such a model says it is for. */
  public static final String TASK = "lyrics-contrastive";

  private final OnnxSession audioEncoder;
  private final OnnxSession textEncoder;
  private final int frameSamples;
  private final int frameMultiple;
  private final int contextSamples;
  private final PhoneSet phones;

  /** The encoder asks for a text where it makes no difference, too. */
  private final FloatTensor noText;

  private LyricsModel(ModelFolder folder, OnnxSession audioEncoder, OnnxSession textEncoder)
      throws ModelException {
    this.audioEncoder = audioEncoder;
    this.textEncoder = textEncoder;
    this.frameSamples = PhoneManifest.positive(folder, "frameStrideSamples");
    this.frameMultiple = folder.manifest().json().path("frameMultiple").asInt(1);
    this.contextSamples = PhoneManifest.positive(folder, "contextSamples");
    this.phones = PhoneManifest.phones(folder);
    int vector = PhoneManifest.positive(folder, "vectorSize");
    this.noText = new FloatTensor(new float[vector], new long[] {1, vector});
  }

  /**
   * Loads the model.
   *
   * @throws ModelException when files are missing, damaged or of another kind
   */
  public static LyricsModel load(ModelFolder folder, OrtRuntime runtime) throws ModelException {
    JsonNode json = folder.manifest().json();
    if (!folder.manifest().task().equals(TASK)
        || json.path("sampleRate").asInt() != 16_000
        || json.path("channels").asInt() != 2
        || !json.path("silence").isInt()) {
      throw folder.broken(
          "it is of no model of singing: such a model has task %s, 2 channels of 16000 Hz and a"
                  .formatted(TASK)
              + " 'silence'");
    }
    OnnxSession audio = open(folder, runtime, "model.onnx");
    try {
      return new LyricsModel(folder, audio, open(folder, runtime, "text.onnx"));
    } catch (ModelException e) {
      audio.close();
      throw e;
    }
  }

  private static OnnxSession open(ModelFolder folder, OrtRuntime runtime, String file)
      throws ModelException {
    return runtime.open(folder.folder().resolve(file).toString(), folder.read(file));
  }

  /** The classes and what was measured of them. */
  public PhoneSet phones() {
    return phones;
  }

  /** Samples from frame to frame. */
  public int frameSamples() {
    return frameSamples;
  }

  /**
   * The audio encoder with a text in mind. Its classes are those of {@link #phones}, log posteriors
   * by the sound alone, and behind them one for each phone-in-context, log posteriors against all
   * others of the text.
   *
   * @param text complete; not changed from here on
   */
  public AcousticModel listeningFor(PhoneContexts text) {
    FloatTensor vectors =
        textEncoder.run(
            Map.of("contexts", new LongTensor(text.rows(), new long[] {text.size(), 3})),
            "vectors");
    return new Listener(vectors, phones.symbols().size() + text.size());
  }

  /** Samples on either side of the frames that the audio encoder has to see, a channel. */
  public int contextSamples() {
    return contextSamples;
  }

  /**
   * Whether anybody is heard, and how.
   *
   * @param samples left, then right, as many each: {@link #contextSamples} of context on both sides
   *     of an even number of frames
   * @return frames x {@link VoiceKind}s, posteriors
   */
  public float[] voiceKinds(float[] samples) {
    FloatTensor stereo = new FloatTensor(samples, new long[] {1, 2, samples.length / 2});
    return audioEncoder.run(Map.of("samples", stereo, "text", noText), "voice_kinds").values();
  }

  @Override
  public void close() {
    audioEncoder.close();
    textEncoder.close();
  }

  private final class Listener implements AcousticModel {

    private final FloatTensor vectors;
    private final int classes;

    Listener(FloatTensor vectors, int classes) {
      this.vectors = vectors;
      this.classes = classes;
    }

    @Override
    public int channels() {
      return 2;
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
      return classes;
    }

    @Override
    public float[] logPosteriors(float[] samples) {
      FloatTensor stereo = new FloatTensor(samples, new long[] {1, 2, samples.length / 2});
      return audioEncoder
          .run(Map.of("samples", stereo, "text", vectors), "log_posteriors")
          .values();
    }
  }
}
