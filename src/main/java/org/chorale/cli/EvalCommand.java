package org.chorale.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.chorale.align.Alignment;
import org.chorale.engine.AlignmentMode;
import org.chorale.evaluation.Figures;
import org.chorale.evaluation.LatencyFigures;
import org.chorale.evaluation.Score;
import org.chorale.evaluation.TruthSet;
import org.chorale.export.AtomicOutput;
import org.chorale.export.ExportOptions;
import org.chorale.export.JsonFormat;
import org.chorale.export.Song;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Accuracy on a truth set. */
@Command(
    name = "eval",
    description = "Aligns a truth set and prints the accuracy table.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "mae: mean boundary error, ms; med: median start error, ms; bias: mean signed",
      "start error, ms; w10..w100: boundaries within so many ms, %%; f20: boundary F1",
      "at 20 ms; derail: starts off by more than 500 ms or missed, %%; aae: mean",
      "start error, s; pco, pco2: starts within 0.3, 0.2 s, %%."
    })
final class EvalCommand implements Callable<Integer> {

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MANIFEST",
      description =
          "Tab-separated; its first line names the columns: audio, text, words_tsv and, if known,"
              + " language. Paths are relative to it.")
  private Path manifest;

  @Option(
      names = "--only",
      paramLabel = "TEXT",
      description = "Only recordings whose path holds this.")
  private String only = "";

  @Option(names = "--starts-only", description = "Score starts, not ends.")
  private boolean startsOnly;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Keep every alignment there as JSON, with phones.")
  private Path output;

  @Option(names = "--json", description = "Figures as JSON in place of the table.")
  private boolean json;

  @Option(names = "--summary", description = "Only the figures of all recordings together.")
  private boolean summary;

  @Option(names = "--model", paramLabel = "DIR", description = "Folder of another acoustic model.")
  private Path model;

  @Option(
      names = "--live",
      description =
          "Follow the texts as if the recordings were live; prints how long final words let wait,"
              + " too. --model is the folder of a low-latency model then.")
  private boolean live;

  @Mixin private DeviceOption device = new DeviceOption();

  @Option(names = "--quiet", description = "No progress and no remarks.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Stack traces on errors.")
  private boolean verbose;

  EvalCommand(Environment environment) {
    this.environment = environment;
  }

  /** One recording of the set with what became of it. */
  private record Result(String name, Score score, Alignment alignment) {}

  @Override
  public Integer call() throws Exception {
    List<TruthSet.Item> items =
        TruthSet.read(manifest).items().stream()
            .filter(item -> item.audio().toString().contains(only))
            .toList();
    if (items.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "No recording of '%s' has '%s' in its path.".formatted(manifest, only));
    }
    List<Result> results = new ArrayList<>();
    LatencyFigures latency = new LatencyFigures();
    long began = System.nanoTime();
    if (live) {
      try (LiveRun run = LiveRun.load(environment, model, device.parse(spec))) {
        for (TruthSet.Item item : items) {
          results.add(follow(run, item, latency));
        }
      }
    } else {
      try (Engine engine =
          Engine.load(environment, model, AlignmentMode.SPEECH, device.parse(spec))) {
        for (TruthSet.Item item : items) {
          results.add(align(engine, item));
        }
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    if (json) {
      printJson(results);
    } else {
      printTable(results);
    }
    if (live) {
      environment.out().println(latency);
    }
    if (!quiet) {
      double audio =
          results.stream().mapToDouble(r -> r.alignment().audio().durationSeconds()).sum();
      environment
          .err()
          .printf(
              Locale.ROOT,
              "chorale: %d recordings, %.0f s of audio in %.1f s, %.0f times real time%n",
              results.size(),
              audio,
              seconds,
              audio / seconds);
    }
    return Main.ALIGNED;
  }

  private Result align(Engine engine, TruthSet.Item item) throws Exception {
    Alignment alignment =
        engine.align(
            item.audio().toString(),
            Engine.document(item.text().toString(), item.language()),
            quiet);
    return result(item, alignment);
  }

  private Result follow(LiveRun run, TruthSet.Item item, LatencyFigures latency) throws Exception {
    LiveRun.Heard heard =
        run.follow(
            item.audio().toString(), Engine.document(item.text().toString(), item.language()));
    latency.add(item.truth(), heard.spellings(), heard.finalSeconds());
    return result(item, heard.alignment());
  }

  private Result result(TruthSet.Item item, Alignment alignment) throws IOException {
    Path folder = manifest.toAbsolutePath().getParent();
    String name = folder.relativize(item.audio().toAbsolutePath()).toString();
    if (output != null) {
      String file = name.replaceAll("[/\\\\]+", "_").replaceAll("\\.[^.]*$", "") + ".json";
      ExportOptions options = ExportOptions.standard().withPhones(true);
      AtomicOutput.writeBytes(
          output.resolve(file), out -> new JsonFormat().write(Song.of(alignment), options, out));
    }
    return new Result(name, Score.of(item.truth(), alignment.words(), startsOnly), alignment);
  }

  private static Figures pooled(List<Result> results) {
    return Figures.of(Score.pooled(results.stream().map(Result::score).toList()));
  }

  private static Figures mean(List<Result> results) {
    return Figures.mean(results.stream().map(r -> Figures.of(r.score())).toList());
  }

  private void printTable(List<Result> results) {
    environment.out().println(Figures.header());
    if (!summary) {
      results.forEach(r -> environment.out().println(Figures.of(r.score()).row(r.name())));
    }
    environment.out().println(pooled(results).row("POOLED over words"));
    environment.out().println(mean(results).row("MEAN over files"));
  }

  private void printJson(List<Result> results) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    if (!summary) {
      ObjectNode files = root.putObject("files");
      for (Result result : results) {
        ObjectNode file = files.putObject(result.name());
        fill(file, Figures.of(result.score()));
        file.put("confidence", result.alignment().confidence());
        file.put("verdict", result.alignment().verdict().jsonName());
      }
    }
    fill(root.putObject("pooled"), pooled(results));
    fill(root.putObject("mean"), mean(results));
    environment.out().println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root));
  }

  private static void fill(ObjectNode node, Figures figures) {
    double[] values = figures.values();
    for (int i = 0; i < values.length; i++) {
      if (i < 2) {
        node.put(Figures.COLUMNS.get(i), Math.round(values[i]));
      } else {
        node.put(Figures.COLUMNS.get(i), values[i]);
      }
    }
  }
}
