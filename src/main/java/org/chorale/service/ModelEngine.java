package org.chorale.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.ReadAheadSource;
import org.chorale.engine.RecordingAligner;
import org.chorale.engine.Singing;
import org.chorale.engine.TextFollower;
import org.chorale.export.Song;
import org.chorale.export.TimedFormat;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.session.SessionModels;
import org.chorale.session.StreamRequest;
import org.chorale.text.Document;
import org.chorale.text.TextException;

/** Aligns by the models that come with Chorale; each is loaded when it is first asked for. */
public final class ModelEngine implements AlignmentEngine, SessionModels, AutoCloseable {

  private static final String SPEECH = "speech-v1";
  private static final String LYRICS = "lyrics-v1";
  private static final String ONLINE = "speech-online-v1";
  private static final String PRONUNCIATION = "g2p-v1";

  private final Path models;
  private final OrtRuntime runtime;
  private final SynthesizerEngine speech;
  private final Map<String, RecordingAligner> loaded = new HashMap<>();
  private Pronouncer pronouncer;
  private TextFollower follower;

  /**
   * An engine.
   *
   * @param models folder of the models
   */
  public ModelEngine(Path models, OrtRuntime runtime) {
    this.models = models;
    this.runtime = runtime;
    this.speech = new SynthesizerEngine(models, runtime);
  }

  /**
   * Loads what speech needs, recorded and live, so that the first request does not wait for it.
   *
   * @throws ModelException when a model is missing or broken
   */
  public void load() throws ModelException {
    aligner("speech");
    synchronized (this) {
      follower = TextFollower.load(ModelFolder.open(models.resolve(ONLINE)), pronouncer, runtime);
    }
  }

  /** What speaks, closed with this. */
  public SpeechEngine speech() {
    return speech;
  }

  /** Whether speech can be aligned at once. */
  public synchronized boolean isLoaded() {
    return loaded.containsKey(SPEECH);
  }

  private synchronized RecordingAligner aligner(String mode) throws ModelException {
    String name = mode.equals("lyrics") ? LYRICS : SPEECH;
    RecordingAligner aligner = loaded.get(name);
    if (aligner == null) {
      ModelFolder folder = ModelFolder.open(models.resolve(name));
      if (pronouncer == null) {
        pronouncer = Pronouncer.load(ModelFolder.open(models.resolve(PRONUNCIATION)), runtime);
      }
      aligner = RecordingAligner.load(folder, pronouncer, runtime);
      loaded.put(name, aligner);
    }
    return aligner;
  }

  @Override
  public synchronized TextFollower follower() {
    if (follower == null) {
      throw new IllegalStateException("load() comes first");
    }
    return follower;
  }

  @Override
  public RecordingAligner aligner(StreamRequest.Mode mode) throws ModelException {
    return aligner(mode == StreamRequest.Mode.LYRICS ? "lyrics" : "speech");
  }

  @Override
  public Alignment align(Recording recording, Document document, String mode, LongConsumer progress)
      throws IOException, TextException {
    RecordingAligner aligner = aligner(mode.equals("auto") ? heard(recording) : mode);
    if (!aligner.canRead(document)) {
      throw new TextException(
          "The text is in a script that Chorale cannot pronounce; give it in Latin letters.");
    }
    try (AudioSource source =
        new ReadAheadSource(
            new AudioFiles().open(recording.file(), recording.name(), aligner.channels()))) {
      return aligner.align(source, document, progress);
    }
  }

  /** The mode of a recording whose client left it open. */
  private String heard(Recording recording) throws IOException {
    try (AudioSource source = new AudioFiles().open(recording.file(), recording.name(), 2)) {
      return RecordingAligner.mayBeSong(source.info()) && aligner("lyrics").hearsSong(source)
          ? "lyrics"
          : "speech";
    }
  }

  @Override
  public Song song(Alignment alignment, TimedFormat format, Recording recording)
      throws IOException {
    Song song = Song.of(alignment);
    if (!format.hasSyllables()) {
      return song;
    }
    try (Singing singing = new Singing(models.resolve(PRONUNCIATION), models.resolve(LYRICS))) {
      Song divided = singing.withSyllables(song);
      return format.hasNotes() && recording != null
          ? singing.withNotes(divided, recording.file().toString())
          : divided;
    }
  }

  @Override
  public synchronized void close() {
    speech.close();
    loaded.values().forEach(RecordingAligner::close);
    loaded.clear();
    if (follower != null) {
      follower.close();
      follower = null;
    }
    if (pronouncer != null) {
      pronouncer.close();
      pronouncer = null;
    }
  }
}
