package org.chorale.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.chorale.acoustic.LyricsModel;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;

/**
 * Aligns recordings with their texts by any model: our own frame classifiers of phones, our model
 * of singing, or a foreign CTC model. {@link RecordingAligners} loads them, by their manifests: a
 * model that names a blank is a CTC model, one that does not is a frame classifier, or one of
 * singing. Thread-safe.
 */
public final class RecordingAligner implements AutoCloseable {

  private final AlignmentMode mode;
  private final String modelName;
  private final AlignmentMethod method;

  private RecordingAligner(AlignmentMode mode, String modelName, AlignmentMethod method) {
    this.mode = mode;
    this.modelName = modelName;
    this.method = method;
  }

  /**
   * Loads a foreign CTC model.
   *
   * @throws ModelException when it is missing or broken, or is no such model
   */
  static RecordingAligner ofCtc(ModelFolder acoustic, OrtRuntime runtime) throws ModelException {
    return new RecordingAligner(
        AlignmentMode.SPEECH, acoustic.manifest().name(), CtcMethod.load(acoustic, runtime));
  }

  /**
   * Loads a model of phones, of speech or of singing.
   *
   * @param acoustic folder of the acoustic model
   * @param pronouncer stays open when this is closed
   * @throws ModelException when it is missing or broken, or is no model of phones
   */
  static RecordingAligner load(ModelFolder acoustic, Pronouncer pronouncer, OrtRuntime runtime)
      throws ModelException {
    String name = acoustic.manifest().name();
    return acoustic.manifest().task().equals(LyricsModel.TASK)
        ? new RecordingAligner(
            AlignmentMode.LYRICS, name, LyricsMethod.load(acoustic, pronouncer, runtime))
        : new RecordingAligner(
            AlignmentMode.SPEECH, name, PhoneMethod.load(acoustic, pronouncer, runtime));
  }

  /** Channels that a recording must have for it: 1, or 2 for left and right. */
  public int channels() {
    return method.channels();
  }

  /**
   * Aligns a recording.
   *
   * @param source read to its end, not closed
   * @param document its text
   * @param progress told the samples decoded so far, now and then
   * @return the alignment, whatever its verdict
   * @throws IOException when the audio cannot be read, a lexicon is broken, or the disk has no room
   *     for what a long recording keeps there; {@link ModelException} when a foreign model does not
   *     do what its manifest says
   */
  public Alignment align(AudioSource source, Document document, LongConsumer progress)
      throws IOException {
    AlignmentMethod.Result result;
    try {
      result = method.align(source, document, progress);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new Alignment(
        result.audio(),
        document.language(),
        mode.tag(),
        modelName,
        result.outcome().confidence(),
        verdict(result.outcome().verdict(), document.language()),
        result.outcome().lines(),
        result.outcome().words(),
        result.outcome().wordsElsewhere());
  }

  /**
   * Whether a recording is a song, so that this model should align it and not one of speech.
   *
   * @param source in stereo; a short part of it is read, it is not closed
   * @return false for models that cannot tell
   * @throws IOException when the audio cannot be read
   */
  public boolean hearsSong(AudioSource source) throws IOException {
    Optional<SongDetector> detector = method.songDetector();
    return detector.isPresent() && detector.get().isSong(source);
  }

  /** A text that is read by the letter values of another language is never beyond doubt. */
  private Verdict verdict(Verdict found, String language) {
    return found == Verdict.OK && !readAs(language).equals(language) ? Verdict.DOUBTFUL : found;
  }

  /**
   * The language whose letter values a language is read by: itself, if its pronunciation is known
   * or not needed. Where it is not, no verdict is better than doubtful.
   */
  public String readAs(String language) {
    return method.readAs(language);
  }

  /**
   * Whether anything can be made of a text: at least one of its words is in a script that can be
   * read.
   *
   * @throws ModelException when a lexicon is broken
   */
  public boolean canRead(Document document) throws ModelException {
    return method.canRead(document);
  }

  @Override
  public void close() {
    method.close();
  }
}
