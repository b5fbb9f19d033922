package org.chorale.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.chorale.batch.BatchRun;
import org.chorale.batch.BatchSettings;
import org.chorale.batch.ItemFilter;
import org.chorale.batch.JobPlan;
import org.chorale.batch.JobSummary;
import org.chorale.batch.JobUpdate;
import org.chorale.batch.ManifestException;
import org.chorale.batch.SharedModels;
import org.chorale.batch.Storages;
import org.chorale.engine.AlignmentMode;
import org.chorale.export.CueShaper;
import org.chorale.export.Song;
import org.chorale.onnx.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Many recordings and their texts, resumable. */
@Command(
    name = "batch",
    description = "Aligns all items of a manifest or a folder; a second run does what is left.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit codes: 0 all items are aligned, 7 some failed or do not match (see",
      "report.jsonl), 1 internal error, 2 usage, 4 unreadable manifest, 6 model missing",
      "or broken."
    })
final class BatchCommand implements Callable<Integer> {

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MANIFEST|DIR",
      description =
          "Tab-separated values or JSON Lines, an item a line: id, audio, text, language, mode,"
              + " passage; or a folder with NAME.txt beside NAME.mp3. s3:// addresses are read, too.")
  private String manifest;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "Folder of the results and of report.jsonl, local or s3://.")
  private String output;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "LIST",
      split = ",",
      defaultValue = "json",
      description = "Formats of every item, as of align; json (default).")
  private List<String> formats;

  @Option(
      names = {"-l", "--language"},
      paramLabel = "CODE",
      defaultValue = "auto",
      description = "Language of items that name none; auto (default).")
  private String language;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "auto",
      description = "Mode of items that name none: speech, lyrics or auto (default).")
  private String mode;

  @Option(names = "--model", paramLabel = "DIR", description = "Folder of another acoustic model.")
  private Path model;

  @Mixin private DeviceOption device = new DeviceOption();

  @Mixin private SubtitlesOption subtitles = new SubtitlesOption();

  @Option(names = "--phones", description = "Write the phones of every word, too.")
  private boolean phones;

  @Option(
      names = "--min-confidence",
      paramLabel = "X",
      defaultValue = "0",
      description = "Words less sure than this (0 to 1) are given as missing.")
  private double minConfidence;

  @Option(names = "--force", description = "Write results even of texts that do not match.")
  private boolean force;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "0",
      description = "Items at the same time; one for each processor by default.")
  private int workers;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "The longest that one step of an item may take, beside twice the length of its audio;"
              + " 600 by default.")
  private double timeout;

  @Option(names = "--retry-failed", description = "Try items again that failed for good.")
  private boolean retryFailed;

  @Option(names = "--dry-run", description = "Say what would be done, do nothing.")
  private boolean dryRun;

  @Option(
      names = "--only",
      paramLabel = "GLOB",
      description = "Only items whose id fits; may be repeated.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "GLOB",
      description = "No items whose id fits; may be repeated.")
  private List<String> exclude = new ArrayList<>();

  @Option(
      names = "--only-language",
      paramLabel = "LIST",
      split = ",",
      description = "Only items of which the manifest says one of these languages.")
  private Set<String> languages = new HashSet<>();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "Only the first N items.")
  private int limit;

  @Option(
      names = "--segments",
      paramLabel = "FILE",
      description =
          "Write clips whose text is sure there, as JSON Lines (start, end, text, confidence), to"
              + " train speech models on.")
  private String segments;

  @Option(
      names = "--segment-confidence",
      paramLabel = "X",
      defaultValue = "0.8",
      description = "Least confidence of a clip, 0 to 1; 0.8 by default.")
  private double segmentConfidence;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Folder of the journal; DIR/.chorale of the output by default.")
  private Path state;

  @Option(
      names = "--job",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Name of the job in the journal; made of the output folder by default.")
  private String job;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "More settings: config/cluster.conf, config/postgresql.conf, ...")
  private Path config;

  @Option(
      names = "--json-progress",
      description = "Progress, items and summary as JSON Lines on standard output.")
  private boolean jsonProgress;

  @Option(names = "--strict", description = "Doubtful items count as failed in the exit code.")
  private boolean strict;

  @Option(names = "--quiet", description = "No progress and no remarks.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Stack traces on errors.")
  private boolean verbose;

  BatchCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    check();
    FormatOutput target = FormatOutput.of(formats, output, spec);
    CueShaper cues = subtitles.shaper(spec);
    Device where = device.parse(spec);
    Config settings = settings();
    BatchSettings.Node node = BatchRun.node(settings, workers, timeout);
    if (!dryRun && !Storages.isRemote(output)) {
      Files.createDirectories(Path.of(output));
    }
    // Several items at the same time keep the processors busy; each with one thread needs no locks.
    int threads = node.workers() > 1 ? 1 : Math.max(1, Runtime.getRuntime().availableProcessors());
    try (SharedModels models = new SharedModels(environment.models(), model, threads, where);
        BatchProgress progress = new BatchProgress(environment, jsonProgress, quiet)) {
      BatchRun.Request request = request(models.identity());
      BatchRun.Tools tools =
          new BatchRun.Tools(models, (song, audio) -> songs(target, song, audio), cues);
      try (BatchRun run = BatchRun.start(settings, request, node, tools, progress)) {
        if (!dryRun) {
          // While the journal is read: a broken model ends the run before any item fails of it.
          models.load(mode.toLowerCase(Locale.ROOT));
        }
        return end(run.await(), progress);
      }
    }
  }

  private Map<String, Song> songs(FormatOutput target, Song song, String audio) throws IOException {
    Map<String, Song> byName = new HashMap<>();
    target
        .songs(song, audio, phones, environment)
        .forEach((format, shaped) -> byName.put(format.name(), shaped));
    return byName;
  }

  private void check() {
    if (AlignmentMode.of(mode).isEmpty()) {
      throw usage("'%s' is no mode; use speech, lyrics or auto.".formatted(mode));
    }
    if (minConfidence < 0 || minConfidence > 1 || segmentConfidence < 0 || segmentConfidence > 1) {
      throw usage("--min-confidence and --segment-confidence are numbers from 0 to 1.");
    }
    if (workers < 0 || timeout < 0 || limit < 0) {
      throw usage("--workers, --timeout and --limit are not negative.");
    }
    if (Storages.isRemote(output) && state == null && config == null) {
      throw usage("Results in an object store need --state DIR, or --config with a database.");
    }
    boolean there = Storages.isRemote(manifest) || Files.exists(Path.of(manifest));
    if (!there) {
      throw usage("There is no manifest or folder '%s'; check the name.".formatted(manifest));
    }
    if (!Storages.isRemote(output)
        && Files.exists(Path.of(output))
        && !Files.isDirectory(Path.of(output))) {
      throw usage("-o names a file, '%s'; give a folder.".formatted(output));
    }
  }

  private Config settings() throws IOException {
    Path folder =
        state != null
            ? state
            : Storages.isRemote(output) ? Path.of(".") : Path.of(output, ".chorale");
    try {
      return BatchRun.config(config, folder, dryRun);
    } catch (ConfigException e) {
      throw new ParameterException(
          spec.commandLine(), "'%s' is wrong: %s".formatted(config, e.getMessage()), e);
    }
  }

  private BatchRun.Request request(String models) {
    return new BatchRun.Request(
        manifest,
        language,
        mode.toLowerCase(Locale.ROOT),
        new ItemFilter(only, exclude, languages, limit),
        new BatchSettings(
            output,
            formats.stream().map(f -> f.strip().toLowerCase(Locale.ROOT)).toList(),
            phones,
            minConfidence,
            force,
            segments != null,
            segmentConfidence,
            subtitles.name(),
            models),
        retryFailed,
        dryRun,
        segments == null ? "" : segments,
        job);
  }

  private int end(JobUpdate update, BatchProgress progress) throws IOException {
    if (update instanceof JobUpdate.Planned plan) {
      return printPlan(plan);
    }
    if (update instanceof JobUpdate.Completed completed) {
      JobSummary summary = completed.summary();
      if (!quiet || jsonProgress) {
        progress.summary(summary);
      }
      boolean bad = summary.failed() + summary.mismatch() > 0 || (strict && summary.doubtful() > 0);
      return bad ? Main.SOME_FAILED : Main.ALIGNED;
    }
    JobUpdate.Broken broken = (JobUpdate.Broken) update;
    if (broken.manifest()) {
      throw new ManifestException(broken.reason());
    }
    throw new IOException(broken.reason());
  }

  private int printPlan(JobUpdate.Planned plan) {
    int left = 0;
    for (JobPlan.Planned item : plan.items()) {
      environment
          .out()
          .printf("%s\t%s%n", item.reason().name().toLowerCase(Locale.ROOT), item.item().id());
      left += item.reason() == JobPlan.Reason.DONE ? 0 : 1;
    }
    plan.rejected()
        .forEach(r -> environment.out().printf("rejected\t%s\t%s%n", r.id(), r.reason()));
    if (!quiet) {
      environment
          .err()
          .printf(
              "chorale: %d of %d items would be done, %d lines of the manifest are no items%n",
              left, plan.items().size(), plan.rejected().size());
    }
    return Main.ALIGNED;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
