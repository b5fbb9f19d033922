package org.chorale.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.ReadAheadSource;
import org.chorale.engine.AlignmentMode;
import org.chorale.engine.RecordingAligner;
import org.chorale.engine.RecordingAligners;
import org.chorale.engine.Singing;
import org.chorale.engine.TextFollower;
import org.chorale.export.Song;
import org.chorale.export.TimedFormat;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.session.SessionModels;
import org.chorale.session.StreamRequest;
import org.chorale.text.Document;
import org.chorale.text.TextException;

/** Aligns by the models that come with Chorale; each is loaded when it is first asked for. */
public final class ModelEngine implements AlignmentEngine, SessionModels, AutoCloseable {

  private static final String ONLINE = "speech-online-v1";

  private final Path models;
  private final OrtRuntime runtime;
  private final SynthesizerEngine speech;
  private final RecordingAligners aligners;
  private boolean loaded;
  private TextFollower follower;

  /**
   * An engine.
   *
   * @param models folder of the models
   */
  public ModelEngine(Path models, OrtRuntime runtime) {
    this.models = models;
    this.runtime = runtime;
    this.aligners = new RecordingAligners(models, null, runtime);
    this.speech = new SynthesizerEngine(models, runtime);
  }

  /**
   * Loads what speech needs, recorded and live, so that the first request does not wait for it.
   *
   * @throws ModelException when a model is missing or broken
   */
  public void load() throws ModelException {
    aligners.of(AlignmentMode.SPEECH);
    TextFollower live =
        TextFollower.load(ModelFolder.open(models.resolve(ONLINE)), aligners.pronouncer(), runtime);
    synchronized (this) {
      loaded = true;
      follower = live;
    }
  }

  /** What speaks, closed with this. */
  public SpeechEngine speech() {
    return speech;
  }

  /** Whether speech can be aligned at once. */
  public synchronized boolean isLoaded() {
    return loaded;
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
    return aligners.of(
        mode == StreamRequest.Mode.LYRICS ? AlignmentMode.LYRICS : AlignmentMode.SPEECH);
  }

  @Override
  public Alignment align(
      Recording recording, Document document, AlignmentMode mode, LongConsumer progress)
      throws IOException, TextException {
    RecordingAligners.Opener opener =
        channels -> new AudioFiles().open(recording.file(), recording.name(), channels);
    RecordingAligner aligner =
        aligners.of(mode == AlignmentMode.AUTO ? aligners.heard(opener) : mode);
    if (!aligner.canRead(document)) {
      throw new TextException(
          "The text is in a script that Chorale cannot pronounce; give it in Latin letters.");
    }
    try (AudioSource source = new ReadAheadSource(opener.open(aligner.channels()))) {
      return aligner.align(source, document, progress);
    }
  }

  @Override
  public Song song(Alignment alignment, TimedFormat format, Recording recording)
      throws IOException {
    Song song = Song.of(alignment);
    if (!format.hasSyllables()) {
      return song;
    }
    try (Singing singing = new Singing(models)) {
      Song divided = singing.withSyllables(song);
      return format.hasNotes() && recording != null
          ? singing.withNotes(divided, recording.file().toString())
          : divided;
    }
  }

  @Override
  public synchronized void close() {
    speech.close();
    if (follower != null) {
      follower.close();
      follower = null;
    }
    aligners.close();
    loaded = false;
  }
}
