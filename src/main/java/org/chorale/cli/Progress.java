package org.chorale.cli;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.chorale.audio.AudioSource;

/** A progress bar on standard error that appears only when the work takes longer than 2 seconds. */
final class Progress implements LongConsumer, AutoCloseable {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Environment environment;
  private final boolean quiet;
  private final String task;
  private final double expectedSeconds;
  private final long began = System.nanoTime();
  private ProgressBar bar;

  /**
   * Progress of one recording.
   *
   * @param expectedSeconds its length, 0 when it is not known
   */
  Progress(Environment environment, boolean quiet, String task, double expectedSeconds) {
    this.environment = environment;
    this.quiet = quiet;
    this.task = task;
    this.expectedSeconds = expectedSeconds;
  }

  @Override
  public void accept(long samples) {
    if (quiet || !environment.terminal()) {
      return;
    }
    if (bar == null && System.nanoTime() - began > PATIENCE_NANOS) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(expectedSeconds > 0 ? Math.round(expectedSeconds) : -1)
              .setUnit(" s", 1)
              .setStyle(
                  environment.color()
                      ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK
                      : ProgressBarStyle.ASCII)
              .setConsumer(new ConsoleProgressBarConsumer(environment.err()))
              .setUpdateIntervalMillis(200)
              .build();
    }
    if (bar != null) {
      bar.stepTo(samples / AudioSource.SAMPLE_RATE);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
