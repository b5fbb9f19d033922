package org.chorale.acoustic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.chorale.audio.AudioSource;
import org.chorale.dsp.Normalisation;
import org.chorale.model.ModelException;

/**
 * Runs a foreign model over a whole recording, streamed. Models whose frames see everything they
 * are given cannot take hours at once: the recording goes in windows that overlap, and of every
 * window the frames at its ends, which lack context, are taken from the window before or after. The
 * last window ends where the recording does and begins so much earlier that it is as long as the
 * others. A recording that is not longer than a window goes in one piece, as the model's own tools
 * would give it. Memory is a batch of windows, one more and the posteriors. Thread-safe.
 *
 * <p>Levels are normalised window by window; a window more than 20 dB below the loudest so far is
 * taken for a pause and keeps its distance.
 */
public final class WindowedEmissions {

  private static final int BLOCK_SAMPLES = 16_000;

  /** Shorter recordings are filled up: convolutions need something to work on. */
  private static final int LEAST_SAMPLES = 8_000;

  private static final double PAUSE_VARIANCE = 0.01;

  private final CtcModel model;
  private final int batchSize;

  /** Emissions of this model, as many windows at a time as its device likes. */
  public WindowedEmissions(CtcModel model) {
    this(model, model.batchSize());
  }

  /** Emissions with so many windows at a time. */
  WindowedEmissions(CtcModel model, int batchSize) {
    this.model = model;
    this.batchSize = batchSize;
  }

  /**
   * Reads the source to its end.
   *
   * @param source the recording; not closed
   * @param selection which classes to keep
   * @param progress told the number of samples read so far, now and then
   * @throws IOException when the source cannot be read or the disk has no room for the emissions,
   *     or as {@link ModelException} when the model does not do what its manifest says
   */
  public OfflineEmissions.Result of(
      AudioSource source, ClassSelection selection, LongConsumer progress) throws IOException {
    boolean complete = false;
    Pass pass = new Pass(selection);
    try {
      float[] block = new float[BLOCK_SAMPLES];
      int count;
      long samples = 0;
      while ((count = source.read(block, 0, block.length)) >= 0) {
        pass.accept(block, count);
        samples += count;
        progress.accept(samples);
      }
      OfflineEmissions.Result result = new OfflineEmissions.Result(pass.finish(), samples);
      complete = true;
      return result;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      if (!complete) {
        pass.builder.close();
      }
    }
  }

  /** One recording on its way. */
  private final class Pass {

    private final ClassSelection selection;
    private final Emissions.Builder builder;
    private final int frameSamples = model.frameSamples();
    private final int windowSamples = model.windowFrames() * frameSamples;
    private final int stepSamples =
        windowSamples - (model.leftContext() + model.rightContext()) * frameSamples;

    /** The step before the next window, which the last one may want, and the window. */
    private final float[] buffer = new float[stepSamples + windowSamples];

    private int filled;

    /** Sample of the recording at the beginning of the buffer. */
    private long base;

    /** Sample where the next window begins. */
    private long start;

    private double loudest;
    private final List<CtcModel.Window> waiting = new ArrayList<>();
    private long firstWaiting;

    Pass(ClassSelection selection) {
      this.selection = selection;
      this.builder = new Emissions.Builder(selection.size());
    }

    void accept(float[] samples, int count) throws ModelException {
      int from = 0;
      while (from < count) {
        if (base + filled == start + windowSamples) {
          // More is to come, so this window is not the last.
          add(window(start, windowSamples));
          start += stepSamples;
          int drop = Math.toIntExact(Math.max(0, start - stepSamples - base));
          System.arraycopy(buffer, drop, buffer, 0, filled - drop);
          filled -= drop;
          base += drop;
        }
        int room = Math.toIntExact(start + windowSamples - base - filled);
        int taken = Math.min(count - from, room);
        System.arraycopy(samples, from, buffer, filled, taken);
        filled += taken;
        from += taken;
      }
    }

    private CtcModel.Window window(long from, int length) {
      int at = Math.toIntExact(from - base);
      float[] samples = Arrays.copyOfRange(buffer, at, at + length);
      double variance = Normalisation.variance(samples);
      loudest = Math.max(loudest, variance);
      return new CtcModel.Window(samples, PAUSE_VARIANCE * loudest);
    }

    private void add(CtcModel.Window window) throws ModelException {
      if (waiting.isEmpty()) {
        firstWaiting = start;
      }
      waiting.add(window);
      if (waiting.size() == batchSize) {
        flush();
      }
    }

    private void flush() throws ModelException {
      if (waiting.isEmpty()) {
        return;
      }
      CtcModel.Posteriors out = model.run(waiting);
      for (int w = 0; w < waiting.size(); w++) {
        long begin = firstWaiting + (long) w * stepSamples;
        long end = begin / frameSamples + model.windowFrames() - model.rightContext();
        emit(out, w, begin, end);
      }
      waiting.clear();
    }

    /** Appends the frames of a window that come next, up to a frame of the recording. */
    private void emit(CtcModel.Posteriors out, int window, long begin, long end)
        throws ModelException {
      int classes = model.tokens().symbols().size();
      int from = Math.toIntExact(builder.frames() - begin / frameSamples);
      int to = Math.toIntExact(Math.min(out.frames(), end - begin / frameSamples));
      if (from < 0) {
        throw model.broken(
            "'rightContextFrames' is less than what the graph leaves out of a window");
      }
      if (to <= from) {
        return;
      }
      float[] rows = new float[(to - from) * selection.size()];
      for (int t = from; t < to; t++) {
        selection.select(
            out.values(),
            (window * out.frames() + t) * classes,
            rows,
            (t - from) * selection.size());
      }
      builder.add(rows, to - from);
    }

    Emissions finish() throws ModelException {
      flush();
      long total = base + filled;
      if (total > 0) {
        long from = 0;
        if (total > windowSamples) {
          // On the grid of frames, so that its frames are those of the other windows.
          long least = total - windowSamples;
          from = (least + frameSamples - 1) / frameSamples * frameSamples;
        }
        int length = Math.toIntExact(total - from);
        CtcModel.Window last = window(from, length);
        if (length < LEAST_SAMPLES) {
          last =
              new CtcModel.Window(
                  Arrays.copyOf(last.samples(), LEAST_SAMPLES), last.leastVariance());
        }
        long frames = (total + frameSamples - 1) / frameSamples;
        emit(model.run(List.of(last)), 0, from, frames);
      }
      return builder.build(builder.frames());
    }
  }
}
