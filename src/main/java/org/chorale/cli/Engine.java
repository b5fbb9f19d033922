package org.chorale.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.ReadAheadSource;
import org.chorale.engine.AlignmentMode;
import org.chorale.engine.RecordingAligner;
import org.chorale.engine.RecordingAligners;
import org.chorale.model.ModelException;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextException;

/** What the commands share: models loaded once, files opened, texts parsed. */
final class Engine implements AutoCloseable {

  private final Environment environment;
  private final RecordingAligners aligners;
  private final RecordingAligner aligner;

  private Engine(Environment environment, RecordingAligners aligners, RecordingAligner aligner) {
    this.environment = environment;
    this.aligners = aligners;
    this.aligner = aligner;
  }

  /**
   * Loads the models.
   *
   * @param model folder of the acoustic model, null for the one that comes with Chorale
   * @param mode which of those that come with Chorale
   */
  static Engine load(Environment environment, Path model, AlignmentMode mode, Device device)
      throws ModelException {
    RecordingAligners aligners = aligners(environment, model, device);
    return new Engine(environment, aligners, aligners.of(mode));
  }

  /**
   * Loads the models for a recording by what is heard in it. Standard input, which can be heard
   * only once, is taken for speech.
   *
   * @param quiet whether to say nothing of a song
   */
  static Engine loadFor(
      String audio, Environment environment, Path model, boolean quiet, Device device)
      throws IOException {
    RecordingAligners aligners = aligners(environment, model, device);
    AlignmentMode mode = AlignmentMode.SPEECH;
    if (!audio.equals("-")) {
      mode = aligners.heard(channels -> new AudioFiles().open(audio, channels));
    }
    if (mode == AlignmentMode.SPEECH) {
      aligners.unload(AlignmentMode.LYRICS);
    } else if (!quiet) {
      environment.err().printf("chorale: '%s' sounds like a song (--mode lyrics)%n", audio);
    }
    return new Engine(environment, aligners, aligners.of(mode));
  }

  private static RecordingAligners aligners(Environment environment, Path model, Device device) {
    OrtRuntime runtime = new OrtRuntime(Runtime.getRuntime().availableProcessors(), device);
    return new RecordingAligners(environment.models(), model, runtime);
  }

  /** Reads and parses a text; {@code auto} finds the language. */
  static Document document(String text, String language) throws TextException {
    String code = language.toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
    return new DocumentReader().read(text, code);
  }

  /**
   * Sees whether a text can be pronounced at all.
   *
   * @throws TextException when none of its words can
   */
  void checkReadable(String text, Document document) throws TextException, ModelException {
    if (!aligner.canRead(document)) {
      throw new TextException(
          "The text '%s' is in a script that Chorale cannot pronounce; give it in Latin letters."
              .formatted(text));
    }
  }

  /** The language whose letter values a language is read by: itself, if its words are known. */
  String readAs(String language) {
    return aligner.readAs(language);
  }

  /** Aligns a recording. */
  Alignment align(String audio, Document document, boolean quiet) throws IOException {
    try (AudioSource source =
            new ReadAheadSource(new AudioFiles().open(audio, aligner.channels()));
        Progress progress =
            new Progress(environment, quiet, audio, source.info().expectedSeconds())) {
      return aligner.align(source, document, progress);
    }
  }

  @Override
  public void close() {
    aligners.close();
  }
}
