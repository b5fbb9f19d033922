package org.chorale.acoustic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Log posteriors of every frame: frames x classes, natural logarithm, each frame a distribution.
 * Stored as 16-bit fixed point (steps of 1/1024 down to -31.99), so an hour at 100 frames a second
 * and 56 classes takes 40 MB. Immutable and thread-safe.
 */
public final class Emissions {

  private static final float SCALE = 1024f;
  private static final int BLOCK_FRAMES = 4096;

  private final List<short[]> blocks;
  private final int frames;
  private final int classes;

  private Emissions(List<short[]> blocks, int frames, int classes) {
    this.blocks = blocks;
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
    return blocks.get(frame / BLOCK_FRAMES)[(frame % BLOCK_FRAMES) * classes + classIndex] / SCALE;
  }

  /**
   * Copies the log posteriors of one frame.
   *
   * @param frame 0 to {@link #frames()} - 1
   * @param target at least {@link #classes()} long
   */
  public void copyFrame(int frame, float[] target) {
    short[] block = blocks.get(frame / BLOCK_FRAMES);
    int from = (frame % BLOCK_FRAMES) * classes;
    for (int c = 0; c < classes; c++) {
      target[c] = block[from + c] / SCALE;
    }
  }

  /** Collects frames as they come; not thread-safe. */
  public static final class Builder {

    private final List<short[]> blocks = new ArrayList<>();
    private final int classes;
    private int frames;

    /** A builder for frames of {@code classes} classes. */
    public Builder(int classes) {
      this.classes = classes;
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
     */
    public void add(float[] logPosteriors, int count) {
      for (int f = 0; f < count; f++) {
        int row = frames % BLOCK_FRAMES;
        if (row == 0) {
          blocks.add(new short[BLOCK_FRAMES * classes]);
        }
        short[] block = blocks.get(blocks.size() - 1);
        for (int c = 0; c < classes; c++) {
          float value = Math.max(-31.99f, Math.min(0f, logPosteriors[f * classes + c]));
          block[row * classes + c] = (short) Math.round(value * SCALE);
        }
        frames++;
      }
    }

    /** The emissions collected, cut to {@code frameLimit} frames; the builder is spent. */
    public Emissions build(int frameLimit) {
      int kept = Math.min(frames, frameLimit);
      if (!blocks.isEmpty()) {
        int last = blocks.size() - 1;
        int used = frames - last * BLOCK_FRAMES;
        blocks.set(last, Arrays.copyOf(blocks.get(last), used * classes));
      }
      return new Emissions(List.copyOf(blocks), kept, classes);
    }
  }
}
