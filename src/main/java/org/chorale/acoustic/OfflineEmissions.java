package org.chorale.acoustic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.LongConsumer;
import org.chorale.audio.AudioSource;

/** Runs an acoustic model over a whole recording, streamed. Thread-safe. */
public final class OfflineEmissions {

  private static final int RUN_FRAMES = 2_000;
  private static final int BLOCK_SAMPLES = 16_000;

  private final AcousticModel model;

  /** Emissions of this model. */
  public OfflineEmissions(AcousticModel model) {
    this.model = model;
  }

  /**
   * What a recording gave.
   *
   * @param emissions log posteriors of every frame; for the caller to close
   * @param samples number of samples of each channel decoded
   */
  public record Result(Emissions emissions, long samples) {}

  /**
   * Reads the source to its end.
   *
   * @param source the recording, with as many channels as the model hears; not closed
   * @param progress told the number of samples read so far, now and then
   * @throws IOException when the source cannot be read or the disk has no room for the emissions
   */
  public Result of(AudioSource source, LongConsumer progress) throws IOException {
    if (source.channels() != model.channels()) {
      throw new IllegalArgumentException(
          "The model hears %d channels, not %d".formatted(model.channels(), source.channels()));
    }
    Emissions.Builder builder = new Emissions.Builder(model.classes());
    boolean complete = false;
    try (OrderedRuns runs =
        new OrderedRuns(model, p -> builder.add(p, p.length / model.classes()))) {
      SampleWindows windows = new SampleWindows(model, RUN_FRAMES, w -> runs.add(w.clone()));
      float[] block = new float[BLOCK_SAMPLES];
      int count;
      while ((count = source.read(block, 0, block.length)) >= 0) {
        windows.accept(block, 0, count);
        progress.accept(windows.samplesIn());
      }
      int frames = Math.toIntExact(windows.finish());
      runs.finish();
      Result result = new Result(builder.build(frames), windows.samplesIn());
      complete = true;
      return result;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      if (!complete) {
        builder.close();
      }
    }
  }
}
