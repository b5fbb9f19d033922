package org.chorale.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioSource;
import org.chorale.engine.RecordingAligner;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.text.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models of both modes, each loaded when the first item needs it. A run may end while items are
 * still under way (one that took too long, a journal that cannot be written): what they use is not
 * taken away under them. Thread-safe.
 */
public final class SharedModels implements Aligner, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SharedModels.class);

  /** How long the end waits for items that are under way. */
  private static final long PATIENCE_SECONDS = 10;

  private final Path models;
  private final Path override;
  private final OrtRuntime runtime;
  private final Map<String, RecordingAligner> loaded = new HashMap<>();

  /** Read by those that use the models; written by the end. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

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

  /** What is done with a model. */
  private interface Use<T> {
    T of(RecordingAligner aligner) throws IOException;
  }

  private <T> T with(String mode, Use<T> what) throws IOException {
    use.readLock().lock();
    try {
      if (closed) {
        throw new IOException("The run has ended.");
      }
      return what.of(load(mode));
    } finally {
      use.readLock().unlock();
    }
  }

  @Override
  public int channels(String mode) throws IOException {
    return with(mode, RecordingAligner::channels);
  }

  @Override
  public boolean canRead(String mode, Document document) throws IOException {
    return with(mode, aligner -> aligner.canRead(document));
  }

  @Override
  public Alignment align(String mode, AudioSource source, Document document) throws IOException {
    return with(mode, aligner -> aligner.align(source, document, samples -> {}));
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
    try {
      if (!use.writeLock().tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.debug("an item is still under way: its models go with the process");
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      closed = true;
      loaded.values().forEach(RecordingAligner::close);
      loaded.clear();
    } finally {
      use.writeLock().unlock();
    }
  }
}
