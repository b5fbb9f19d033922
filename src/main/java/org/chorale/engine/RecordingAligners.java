package org.chorale.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.chorale.acoustic.CtcModel;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;

/**
 * The aligners of speech and of songs, by the models that come with Chorale; each is loaded when it
 * is first asked for, and they share the pronunciations. Where the mode is left open, it is chosen
 * here and nowhere else. Thread-safe, but for {@link #unload} and {@link #close}, which take away
 * what others may be using.
 */
public final class RecordingAligners implements AutoCloseable {

  /** The model of speech that comes with Chorale. */
  public static final String SPEECH_MODEL = "speech-v1";

  /** The model of singing that comes with Chorale. */
  public static final String LYRICS_MODEL = "lyrics-v1";

  /** The model of pronunciation that comes with Chorale. */
  public static final String PRONUNCIATION_MODEL = "g2p-v1";

  /** What is shorter is taken for speech: a few words tell little of how they are said. */
  private static final double SHORTEST_SONG_SECONDS = 8;

  private final Path models;
  private final Path override;
  private final OrtRuntime runtime;
  private final Map<AlignmentMode, RecordingAligner> loaded = new EnumMap<>(AlignmentMode.class);
  private Pronouncer pronouncer;

  /**
   * Aligners of a folder of models.
   *
   * @param models holds those that come with Chorale
   * @param override folder of another acoustic model for all recordings, or null
   */
  public RecordingAligners(Path models, Path override, OrtRuntime runtime) {
    this.models = models;
    this.override = override;
    this.runtime = runtime;
  }

  /** Opens a recording. */
  @FunctionalInterface
  public interface Opener {

    /**
     * The recording from its beginning.
     *
     * @param channels 1, or 2 for left and right
     */
    AudioSource open(int channels) throws AudioException;
  }

  /**
   * The mode for a recording whose mode is left open: that of songs where one is heard, else that
   * of speech. Short recordings are speech, as is everything for another model or where the folder
   * has no model of singing.
   *
   * @param recording opened in stereo; a part of it is read
   * @throws IOException when the audio cannot be read or the model of singing is broken
   */
  public AlignmentMode heard(Opener recording) throws IOException {
    if (override != null || !folder(AlignmentMode.LYRICS).toFile().isDirectory()) {
      return AlignmentMode.SPEECH;
    }
    try (AudioSource source = recording.open(2)) {
      return mayBeSong(source.info()) && of(AlignmentMode.LYRICS).hearsSong(source)
          ? AlignmentMode.LYRICS
          : AlignmentMode.SPEECH;
    }
  }

  /** Whether a recording is long enough, as far as known, to ask what it sounds like. */
  static boolean mayBeSong(AudioInfo info) {
    return info.expectedSeconds() <= 0 || info.expectedSeconds() >= SHORTEST_SONG_SECONDS;
  }

  /** Folder of the acoustic model of a mode. */
  public Path folder(AlignmentMode mode) {
    if (override != null) {
      return override;
    }
    return models.resolve(mode == AlignmentMode.LYRICS ? LYRICS_MODEL : SPEECH_MODEL);
  }

  /**
   * The aligner of a mode; that of speech for a mode that is left open.
   *
   * @throws ModelException when its model is missing or broken
   */
  public synchronized RecordingAligner of(AlignmentMode mode) throws ModelException {
    AlignmentMode key =
        override == null && mode == AlignmentMode.LYRICS ? mode : AlignmentMode.SPEECH;
    RecordingAligner aligner = loaded.get(key);
    if (aligner == null) {
      ModelFolder folder = ModelFolder.open(folder(key));
      aligner =
          CtcModel.isIn(folder)
              ? RecordingAligner.ofCtc(folder, runtime)
              : RecordingAligner.load(folder, pronouncer(), runtime);
      loaded.put(key, aligner);
    }
    return aligner;
  }

  /**
   * The pronunciations that the aligners share.
   *
   * @throws ModelException when their model is missing or broken
   */
  public synchronized Pronouncer pronouncer() throws ModelException {
    if (pronouncer == null) {
      pronouncer = Pronouncer.load(ModelFolder.open(models.resolve(PRONUNCIATION_MODEL)), runtime);
    }
    return pronouncer;
  }

  /** Gives back the memory of a mode's model, if it is loaded. */
  public synchronized void unload(AlignmentMode mode) {
    RecordingAligner aligner = loaded.remove(mode);
    if (aligner != null) {
      aligner.close();
    }
  }

  @Override
  public synchronized void close() {
    loaded.values().forEach(RecordingAligner::close);
    loaded.clear();
    if (pronouncer != null) {
      pronouncer.close();
      pronouncer = null;
    }
  }
}
