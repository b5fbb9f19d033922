package org.chorale.acoustic;

import java.io.Closeable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.chorale.dsp.LogMel;
import org.chorale.dsp.LogMelSettings;

/**
 * How loud a recording is in {@link #BANDS} bands every {@link #HOP_SECONDS}: finer in time than
 * emissions, so that boundaries can be seen in it. The first numbers stay in memory, what comes
 * after them in a temporary file. Filled by one thread; then read by any number.
 */
public final class BandLevels implements Closeable {

  /** Mel bands from 100 to 7,600 Hz. */
  public static final int BANDS = 16;

  /** Time from frame to frame, seconds; frame 0 is centred on the first sample. */
  public static final double HOP_SECONDS = 0.005;

  private static final int HOP = 80;
  private static final int WINDOW = 256;
  private static final float SCALE = 1024f;
  private static final int BLOCK_FRAMES = 8192;
  private static final long MEMORY_BYTES = 48L << 20;

  private final FrameStore store;
  private final int frames;

  private BandLevels(FrameStore store, int frames) {
    this.store = store;
    this.frames = frames;
  }

  /** Number of frames. */
  public int frames() {
    return frames;
  }

  /**
   * Copies one frame: natural logarithm of the power of every band. Before the first frame all are
   * like the first, after the last like the last.
   *
   * @param target receives {@link #BANDS} numbers from {@code offset}
   */
  public void copyFrame(int frame, float[] target, int offset) {
    int at = Math.max(0, Math.min(frames - 1, frame));
    short[] block = store.block(at / BLOCK_FRAMES);
    int from = at % BLOCK_FRAMES * BANDS;
    for (int b = 0; b < BANDS; b++) {
      target[offset + b] = block[from + b] / SCALE;
    }
  }

  /** Removes the temporary file, if there is one. */
  @Override
  public void close() {
    store.close();
  }

  private static LogMelSettings settings() {
    return new LogMelSettings(
        HOP * 200,
        1,
        0,
        false,
        false,
        WINDOW,
        HOP,
        LogMelSettings.Framing.WHOLE,
        LogMelSettings.Window.HANN,
        WINDOW,
        true,
        BANDS,
        LogMelSettings.MelScale.HTK,
        100,
        7_600,
        false,
        false,
        1e-6,
        true);
  }

  /** Takes in samples as they come, in blocks of any size; not thread-safe. */
  public static final class Builder implements Closeable {

    private final LogMel bands = new LogMel(settings());
    private final FrameStore store;
    private float[] pending = new float[WINDOW / 2];
    private short[] block;
    private int frames;
    private long samples;

    /** A builder of an empty recording. */
    public Builder() {
      this(MEMORY_BYTES, null);
    }

    /**
     * A builder.
     *
     * @param memoryBytes how much stays in memory
     * @param folder where the rest goes, null for the system's temporary folder
     */
    Builder(long memoryBytes, Path folder) {
      int blockLength = BLOCK_FRAMES * BANDS;
      this.store = new FrameStore(blockLength, (int) (memoryBytes / (2L * blockLength)), folder);
    }

    /**
     * Appends samples.
     *
     * @param source mono, 16 kHz, in [-1, 1]
     * @throws UncheckedIOException when the temporary folder has no room for their levels
     */
    public void accept(float[] source, int offset, int length) {
      samples += length;
      append(source, offset, length);
    }

    private void append(float[] source, int offset, int length) {
      float[] signal = Arrays.copyOf(pending, pending.length + length);
      System.arraycopy(source, offset, signal, pending.length, length);
      int count = bands.frames(signal.length);
      if (count > 0) {
        float[] levels = bands.of(signal);
        for (int f = 0; f < count; f++) {
          add(levels, f * BANDS);
        }
      }
      pending = Arrays.copyOfRange(signal, count * HOP, signal.length);
    }

    private void add(float[] levels, int offset) {
      int row = frames % BLOCK_FRAMES;
      if (block == null) {
        block = new short[BLOCK_FRAMES * BANDS];
      }
      for (int b = 0; b < BANDS; b++) {
        float value = Math.max(-31.9f, Math.min(31.9f, levels[offset + b]));
        block[row * BANDS + b] = (short) Math.round(value * SCALE);
      }
      frames++;
      if (row == BLOCK_FRAMES - 1 && store.add(block)) {
        block = null;
      }
    }

    /** The levels collected, to the last sample, after which lies silence; the builder is spent. */
    public BandLevels build() {
      int whole = Math.toIntExact(samples / HOP + 1);
      append(new float[WINDOW], 0, WINDOW);
      if (frames % BLOCK_FRAMES != 0) {
        store.add(block);
      }
      return new BandLevels(store, whole);
    }

    /** Removes the temporary file of a builder that is given up; not after {@link #build}. */
    @Override
    public void close() {
      store.close();
    }
  }
}
