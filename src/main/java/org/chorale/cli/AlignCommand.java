package org.chorale.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordFilter;
import org.chorale.export.AtomicOutput;
import org.chorale.export.ExportOptions;
import org.chorale.export.Exporter;
import org.chorale.export.Exporters;
import org.chorale.onnx.Device;
import org.chorale.text.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One recording and its text to timed words. */
@Command(
    name = "align",
    description = "Says when every word of TEXT is heard in AUDIO.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit codes: 0 aligned, 1 internal error, 2 usage, 3 unreadable or empty audio,",
      "4 unreadable or empty text, 5 the text does not match the audio, 6 model missing or broken."
    })
final class AlignCommand implements Callable<Integer> {

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "AUDIO",
      description = "Anything FFmpeg decodes, video included; - is standard input.")
  private String audio;

  @Parameters(
      index = "1",
      paramLabel = "TEXT",
      description =
          "Plain text, or .lrc, .srt, .vtt, whose times are ignored; - is standard input.")
  private String text;

  @Option(
      names = {"-l", "--language"},
      paramLabel = "CODE",
      defaultValue = "auto",
      description =
          "Language of the text: en, de, fr, es, it, pt, nl; ru, pl, sv, tr, cs, hu, ro, ca, el, fi;"
              + " any other is read by the letters of a neighbour, at best as doubtful. auto"
              + " (default) finds it.")
  private String language;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "auto",
      description = "speech, or auto (default). Lyrics are not built yet.")
  private String mode;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "LIST",
      split = ",",
      defaultValue = "json",
      description = "json (default), srt, vtt, lrc, textgrid, csv, tsv; several by commas.")
  private List<String> formats;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "PATH",
      defaultValue = "-",
      description = "A file; for several formats a folder or a stem; - is standard output.")
  private String output;

  @Option(names = "--model", paramLabel = "DIR", description = "Folder of another acoustic model.")
  private Path model;

  @Mixin private DeviceOption device = new DeviceOption();

  @Option(names = "--phones", description = "Write the phones of every word, too.")
  private boolean phones;

  @Option(
      names = "--min-confidence",
      paramLabel = "X",
      defaultValue = "0",
      description = "Words less sure than this (0 to 1) are given as missing.")
  private double minConfidence;

  @Option(names = "--force", description = "Write the result even if the text does not match.")
  private boolean force;

  @Option(names = "--quiet", description = "No progress and no remarks.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Tell more; stack traces on errors.")
  private boolean verbose;

  AlignCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    List<Exporter> exporters = exporters();
    checkMode();
    if (minConfidence < 0 || minConfidence > 1) {
      throw usage("--min-confidence is a number from 0 to 1.");
    }
    if (audio.equals("-") && text.equals("-")) {
      throw usage("Only one of AUDIO and TEXT can come from standard input.");
    }
    Device where = device.parse(spec);
    Document document = Engine.document(text, language);
    if (language.equalsIgnoreCase("auto") && !quiet) {
      environment.err().println("chorale: the text looks like '" + document.language() + "'");
    }
    Alignment alignment;
    try (Engine engine = Engine.load(environment, model, where)) {
      engine.checkReadable(text, document);
      remarkOnLanguage(document.language(), engine.readAs(document.language()));
      alignment = engine.align(audio, document, quiet);
    }
    if (alignment.verdict() == Verdict.MISMATCH && !force) {
      throw new MismatchException(
          String.format(
              Locale.ROOT,
              "'%s' is not what is heard in '%s' (confidence %.2f); check that they belong"
                  + " together, give the language with -l, or use --force.",
              text,
              audio,
              alignment.confidence()));
    }
    if (alignment.verdict() == Verdict.DOUBTFUL && !quiet) {
      environment
          .err()
          .printf(
              Locale.ROOT,
              "chorale: parts of '%s' may not be what is heard (confidence %.2f)%n",
              text,
              alignment.confidence());
    }
    write(new WordFilter(minConfidence).apply(alignment), exporters);
    return Main.ALIGNED;
  }

  private void remarkOnLanguage(String language, String readAs) {
    if (!readAs.equals(language) && !quiet) {
      environment
          .err()
          .printf(
              "chorale: how '%s' is pronounced is not known; it is read as if it were '%s', and the"
                  + " result is doubtful at best%n",
              language, readAs);
    }
  }

  private List<Exporter> exporters() {
    List<Exporter> chosen = new ArrayList<>();
    for (String format : formats) {
      try {
        chosen.add(Exporters.all().named(format));
      } catch (IllegalArgumentException e) {
        throw usage(e.getMessage());
      }
    }
    if (chosen.size() > 1 && output.equals("-")) {
      throw usage("Several formats need -o with a folder or a stem.");
    }
    return chosen;
  }

  private void checkMode() {
    String wanted = mode.toLowerCase(Locale.ROOT);
    if (wanted.equals("lyrics")) {
      throw usage("--mode lyrics is not built yet; leave it out to align as speech.");
    }
    if (!wanted.equals("speech") && !wanted.equals("auto")) {
      throw usage("'%s' is no mode; use speech or auto.".formatted(mode));
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void write(Alignment alignment, List<Exporter> exporters) throws IOException {
    ExportOptions options = new ExportOptions(phones);
    if (output.equals("-")) {
      Writer result =
          new BufferedWriter(new OutputStreamWriter(environment.out(), StandardCharsets.UTF_8));
      exporters.get(0).write(alignment, options, result);
      result.flush();
      if (environment.out().checkError()) {
        throw new IOException("Standard output cannot be written; see that its reader is there.");
      }
      return;
    }
    for (Exporter exporter : exporters) {
      AtomicOutput.write(
          target(exporter, exporters.size() == 1), out -> exporter.write(alignment, options, out));
    }
  }

  private Path target(Exporter exporter, boolean single) {
    Path path = Path.of(output);
    boolean folder = Files.isDirectory(path) || output.endsWith("/") || output.endsWith("\\");
    if (folder) {
      String name = audio.equals("-") ? "stdin" : Path.of(audio).getFileName().toString();
      int dot = name.lastIndexOf('.');
      return path.resolve((dot > 0 ? name.substring(0, dot) : name) + "." + exporter.extension());
    }
    return single ? path : path.resolveSibling(path.getFileName() + "." + exporter.extension());
  }
}
