package org.chorale.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.chorale.batch.ItemOutcome;
import org.chorale.batch.ItemRecord;
import org.chorale.batch.ItemStatus;
import org.chorale.batch.JobSummary;
import org.chorale.batch.JobUpdate;

/**
 * How far a batch is: a bar with items, hours of audio, speed and time left for people, JSON Lines
 * for programs. Items that fail are told as they do.
 */
final class BatchProgress implements Consumer<JobUpdate>, AutoCloseable {

  private final Environment environment;
  private final boolean json;
  private final boolean quiet;
  private final ObjectMapper mapper = new ObjectMapper();
  private final long began = System.nanoTime();
  private ProgressBar bar;

  BatchProgress(Environment environment, boolean json, boolean quiet) {
    this.environment = environment;
    this.json = json;
    this.quiet = quiet;
  }

  private double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  @Override
  public synchronized void accept(JobUpdate update) {
    if (update instanceof JobUpdate.Ended ended) {
      ended(ended.outcome());
    } else if (update instanceof JobUpdate.Progressed progressed) {
      if (json) {
        print(progress(progressed));
      } else if (!quiet && environment.terminal()) {
        show(progressed);
      }
    }
  }

  private void ended(ItemOutcome outcome) {
    ItemRecord record = outcome.result();
    if (json) {
      ObjectNode line = mapper.createObjectNode();
      line.put("type", "item");
      line.put("id", outcome.id());
      line.put("status", record.status().jsonName());
      line.put("unchanged", outcome.unchanged());
      line.put("attempt", outcome.attempt());
      line.put("seconds", record.seconds());
      line.put("confidence", record.confidence());
      line.put("error", record.error().isEmpty() ? null : record.error());
      line.put("took", outcome.tookSeconds());
      line.put("worker", outcome.worker());
      print(line);
    } else if (!quiet && record.status() == ItemStatus.FAILED) {
      environment.err().printf("chorale: %s: %s%n", outcome.id(), record.error());
    }
  }

  private ObjectNode progress(JobUpdate.Progressed update) {
    JobSummary counts = update.counts();
    ObjectNode line = counts(counts, "progress");
    line.put("running", update.running());
    line.put("hours", rounded(update.audioSeconds() / 3600));
    line.put("speed", rounded(update.audioSeconds() / seconds()));
    double left = secondsLeft(update);
    if (Double.isNaN(left)) {
      line.putNull("secondsLeft");
    } else {
      line.put("secondsLeft", Math.round(left));
    }
    return line;
  }

  private ObjectNode counts(JobSummary counts, String type) {
    ObjectNode line = mapper.createObjectNode();
    line.put("type", type);
    line.put("total", counts.total());
    line.put("accounted", counts.accounted());
    line.put("done", counts.done());
    line.put("ok", counts.ok());
    line.put("doubtful", counts.doubtful());
    line.put("mismatch", counts.mismatch());
    line.put("failed", counts.failed());
    return line;
  }

  /** By the items that are left, since the lengths of those are not known. */
  private double secondsLeft(JobUpdate.Progressed update) {
    JobSummary counts = update.counts();
    return counts.done() == 0
        ? Double.NaN
        : seconds() / counts.done() * (counts.total() - counts.accounted());
  }

  private void show(JobUpdate.Progressed update) {
    JobSummary counts = update.counts();
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("batch")
              .setInitialMax(counts.total())
              .setUnit(" items", 1)
              .setStyle(
                  environment.color()
                      ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK
                      : ProgressBarStyle.ASCII)
              .setConsumer(new ConsoleProgressBarConsumer(environment.err()))
              .startsFrom(counts.accounted(), java.time.Duration.ZERO)
              .setUpdateIntervalMillis(500)
              .build();
    }
    bar.setExtraMessage(
        String.format(
            Locale.ROOT,
            " %.2f h, %.0fx%s",
            update.audioSeconds() / 3600,
            update.audioSeconds() / seconds(),
            counts.failed() > 0 ? ", " + counts.failed() + " failed" : ""));
    bar.stepTo(counts.accounted());
  }

  /** The summary: a table, or the last line for programs. */
  synchronized void summary(JobSummary counts) {
    closeBar();
    if (json) {
      ObjectNode line = counts(counts, "summary");
      line.put("hours", rounded(counts.audioSeconds() / 3600));
      line.put("took", rounded(seconds()));
      print(line);
      return;
    }
    PrintStream out = environment.out();
    out.printf(Locale.ROOT, "%-10s %6s%n", "status", "items");
    out.printf(Locale.ROOT, "%-10s %6d%n", "ok", counts.ok());
    out.printf(Locale.ROOT, "%-10s %6d%n", "doubtful", counts.doubtful());
    out.printf(Locale.ROOT, "%-10s %6d%n", "mismatch", counts.mismatch());
    out.printf(Locale.ROOT, "%-10s %6d%n", "failed", counts.failed());
    out.printf(
        Locale.ROOT,
        "%-10s %6d   %d in this run, %.2f h of audio in all, %.1f s%n",
        "total",
        counts.total(),
        counts.done(),
        counts.audioSeconds() / 3600,
        seconds());
  }

  private void print(ObjectNode line) {
    try {
      environment.out().println(mapper.writeValueAsString(line));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private void closeBar() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public synchronized void close() {
    closeBar();
  }
}
