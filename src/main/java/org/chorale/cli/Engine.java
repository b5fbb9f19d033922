package org.chorale.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.ReadAheadSource;
import org.chorale.engine.RecordingAligner;
import org.chorale.engine.Singing;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextException;

/** What the commands share: models loaded once, files opened, texts parsed. */
final class Engine implements AutoCloseable {

  /** The model of speech that comes with Chorale. */
  static final String SPEECH = "speech-v1";

  /** The model of pronunciation that comes with Chorale. */
  static final String PRONUNCIATION = "g2p-v1";

  /** The model of singing that comes with Chorale. */
  static final String LYRICS = "lyrics-v1";

  private final Environment environment;
  private final RecordingAligner aligner;

  private Engine(Environment environment, RecordingAligner aligner) {
    this.environment = environment;
    this.aligner = aligner;
  }

  /**
   * Loads the models.
   *
   * @param model folder of the acoustic model, null for the one that comes with Chorale
   * @param standard the model that comes with Chorale for this mode
   */
  static Engine load(Environment environment, Path model, String standard, Device device)
      throws ModelException {
    OrtRuntime runtime = new OrtRuntime(Runtime.getRuntime().availableProcessors(), device);
    ModelFolder speech =
        ModelFolder.open(model == null ? environment.models().resolve(standard) : model);
    Path g2p = environment.models().resolve(PRONUNCIATION);
    return new Engine(environment, RecordingAligner.load(speech, g2p, runtime));
  }

  /** What adds syllables and notes, by the models that come with Chorale. */
  static Singing singing(Environment environment) {
    Path models = environment.models();
    return new Singing(models.resolve(PRONUNCIATION), models.resolve(LYRICS));
  }

  /**
   * Loads the models for a recording: those of song where a song is heard, else those of speech.
   * Standard input, which can be heard only once, is taken for speech.
   */
  static Engine loadFor(String audio, Environment environment, Device device) throws IOException {
    if (audio.equals("-")) {
      return load(environment, null, SPEECH, device);
    }
    try (AudioSource source = new AudioFiles().open(audio, 2)) {
      if (RecordingAligner.mayBeSong(source.info())) {
        Engine lyrics = load(environment, null, LYRICS, device);
        if (lyrics.hearsSong(source)) {
          return lyrics;
        }
      }
    }
    return load(environment, null, SPEECH, device);
  }

  private boolean hearsSong(AudioSource source) throws IOException {
    boolean song = false;
    try {
      song = aligner.hearsSong(source);
      return song;
    } finally {
      if (!song) {
        close();
      }
    }
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

  /** Whether its model is one of singing. */
  boolean isForSongs() {
    return aligner.isForSongs();
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
    aligner.close();
  }
}
