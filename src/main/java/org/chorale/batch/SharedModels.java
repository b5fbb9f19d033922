package org.chorale.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioSource;
import org.chorale.engine.AlignmentMode;
import org.chorale.engine.RecordingAligner;
import org.chorale.engine.RecordingAligners;
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

  private final RecordingAligners aligners;

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
    this.aligners = new RecordingAligners(models, override, new OrtRuntime(threads, device));
  }

  /**
   * Loads the model of a mode, if it is not there yet.
   *
   * @throws ModelException when it is missing or broken
   */
  public RecordingAligner load(String mode) throws ModelException {
    return aligners.of(AlignmentMode.of(mode).orElseThrow());
  }

  /**
   * What tells the models of this job from others.
   *
   * @throws ModelException when the model of speech is missing or broken
   */
  public String identity() throws ModelException {
    StringBuilder identity = new StringBuilder();
    for (AlignmentMode mode : List.of(AlignmentMode.SPEECH, AlignmentMode.LYRICS)) {
      Path folder = aligners.folder(mode);
      if (mode == AlignmentMode.SPEECH || folder.toFile().isDirectory()) {
        identity.append(ModelFolder.open(folder).manifest().json()).append('\n');
      }
    }
    return Fingerprint.hex(
        Fingerprint.sha256()
            .digest(identity.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        8);
  }

  /** What is done with a model. */
  private interface Use<T> {
    T of(RecordingAligner aligner) throws IOException;
  }

  private <T> T with(String mode, Use<T> what) throws IOException {
    use.readLock().lock();
    try {
      checkOpen();
      return what.of(load(mode));
    } finally {
      use.readLock().unlock();
    }
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("The run has ended.");
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
  public AlignmentMode heard(RecordingAligners.Opener recording) throws IOException {
    use.readLock().lock();
    try {
      checkOpen();
      return aligners.heard(recording);
    } finally {
      use.readLock().unlock();
    }
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
      aligners.close();
    } finally {
      use.writeLock().unlock();
    }
  }
}
