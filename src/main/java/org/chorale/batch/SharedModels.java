package org.chorale.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioSource;
import org.chorale.engine.RecordingAligner;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.text.Document;

/** Models of both modes, each loaded when the first item needs it. Thread-safe. */
public final class SharedModels implements Aligner, AutoCloseable {

  private final Path models;
  private final Path override;
  private final OrtRuntime runtime;
  private final Map<String, RecordingAligner> loaded = new HashMap<>();

  /**
   * Models of a folder.
   *
   * @param models holds those that come with Chorale
   * @param override folder of another acoustic model for all items, or null
   * @param threads threads inside an operator: 1 where several items run at the same time
   */
  public SharedModels(Path models, Path override, int threads, Device device) {
    this.models = models;
    this.override = override;
    this.runtime = new OrtRuntime(threads, device);
  }

  /**
   * Loads the model of a mode, if it is not there yet.
   *
   * @throws ModelException when it is missing or broken
   */
  public RecordingAligner load(String mode) throws ModelException {
    Path folder = folder(mode);
    synchronized (loaded) {
      RecordingAligner aligner = loaded.get(folder.toString());
      if (aligner == null) {
        aligner =
            RecordingAligner.load(ModelFolder.open(folder), models.resolve("g2p-v1"), runtime);
        loaded.put(folder.toString(), aligner);
      }
      return aligner;
    }
  }

  /**
   * What tells the models of this job from others.
   *
   * @throws ModelException when the model of speech is missing or broken
   */
  public String identity() throws ModelException {
    StringBuilder identity = new StringBuilder();
    for (String mode : new String[] {"speech", "lyrics"}) {
      Path folder = folder(mode);
      if (mode.equals("speech") || folder.toFile().isDirectory()) {
        identity.append(ModelFolder.open(folder).manifest().json()).append('\n');
      }
    }
    return Fingerprint.hex(
        Fingerprint.sha256()
            .digest(identity.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        8);
  }

  private Path folder(String mode) {
    if (override != null) {
      return override;
    }
    return models.resolve(mode.equals("lyrics") ? "lyrics-v1" : "speech-v1");
  }

  @Override
  public int channels(String mode) throws IOException {
    return load(mode).channels();
  }

  @Override
  public boolean canRead(String mode, Document document) throws IOException {
    return load(mode).canRead(document);
  }

  @Override
  public Alignment align(String mode, AudioSource source, Document document) throws IOException {
    return load(mode).align(source, document, samples -> {});
  }

  @Override
  public boolean tellsSongs() {
    return override == null && models.resolve("lyrics-v1").toFile().isDirectory();
  }

  @Override
  public boolean isSong(AudioSource source) throws IOException {
    return load("lyrics").hearsSong(source);
  }

  @Override
  public void close() {
    synchronized (loaded) {
      loaded.values().forEach(RecordingAligner::close);
      loaded.clear();
    }
  }
}
