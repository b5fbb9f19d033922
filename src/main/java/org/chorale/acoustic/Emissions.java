package org.chorale.acoustic;

import java.io.Closeable;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Log posteriors of every frame: frames x classes, natural logarithm, each frame a distribution.
 * Stored as 16-bit fixed point (steps of 1/1024 down to -31.99), so an hour at 100 frames a second
 * and 56 classes takes 40 MB; the first 96 MB stay in memory, what is longer goes to a temporary
 * file, which {@link #close} removes. Immutable until closed, and thread-safe; quickest where
 * neighbouring frames are asked for one after the other. Reading frames may throw {@link
 * UncheckedIOException} when they are in a file.
 */
public final class Emissions implements Closeable {

  private static final float SCALE = 1024f;
  private static final int BLOCK_FRAMES = 4096;
  private static final long MEMORY_BYTES = 96L << 20;

  private final FrameStore store;
  private final int frames;
  private final int classes;

  private Emissions(FrameStore store, int frames, int classes) {
    this.store = store;
    this.frames = frames;
    this.classes = classes;
  }

  /** Number of frames. */
  public int frames() {
    return frames;
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** The log posterior of a class in a frame, at most 0. */
  public float get(int frame, int classIndex) {
    return store.block(frame / BLOCK_FRAMES)[(frame % BLOCK_FRAMES) * classes + classIndex] / SCALE;
  }

  /**
   * Copies the log posteriors of one frame.
   *
   * @param frame 0 to {@link #frames()} - 1
   * @param target at least {@link #classes()} long
   */
  public void copyFrame(int frame, float[] target) {
    short[] block = store.block(frame / BLOCK_FRAMES);
    int from = (frame % BLOCK_FRAMES) * classes;
    for (int c = 0; c < classes; c++) {
      target[c] = block[from + c] / SCALE;
    }
  }

  /** Removes the temporary file, if there is one. */
  @Override
  public void close() {
    store.close();
  }

  /** Collects frames as they come; not thread-safe. */
  public static final class Builder implements Closeable {

    private final FrameStore store;
    private final int classes;
    private short[] block;
    private int frames;

    /** A builder for frames of {@code classes} classes. */
    public Builder(int classes) {
      this(classes, MEMORY_BYTES, null);
    }

    /**
     * A builder.
     *
     * @param memoryBytes how much stays in memory
     * @param folder where the rest goes, null for the system's temporary folder
     */
    Builder(int classes, long memoryBytes, Path folder) {
      int blockLength = BLOCK_FRAMES * classes;
      this.classes = classes;
      this.store = new FrameStore(blockLength, (int) (memoryBytes / (2L * blockLength)), folder);
    }

    /** Number of frames so far. */
    public int frames() {
      return frames;
    }

    /**
     * Appends frames.
     *
     * @param logPosteriors frames x classes, row by row
     * @param count number of frames in it
     * @throws UncheckedIOException when the temporary folder has no room for them
     */
    public void add(float[] logPosteriors, int count) {
      for (int f = 0; f < count; f++) {
        int row = frames % BLOCK_FRAMES;
        if (block == null) {
          block = new short[BLOCK_FRAMES * classes];
        }
        for (int c = 0; c < classes; c++) {
          float value = Math.max(-31.99f, Math.min(0f, logPosteriors[f * classes + c]));
          block[row * classes + c] = (short) Math.round(value * SCALE);
        }
        frames++;
        if (row == BLOCK_FRAMES - 1 && store.add(block)) {
          block = null;
        }
      }
    }

    /** The emissions collected, cut to {@code frameLimit} frames; the builder is spent. */
    public Emissions build(int frameLimit) {
      if (frames % BLOCK_FRAMES != 0) {
        store.add(block);
      }
      return new Emissions(store, Math.min(frames, frameLimit), classes);
    }

    /** Removes the temporary file of a builder that is given up; not after {@link #build}. */
    @Override
    public void close() {
      store.close();
    }
  }
}
