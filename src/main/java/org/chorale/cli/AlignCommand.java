package org.chorale.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordFilter;
import org.chorale.engine.AlignmentMode;
import org.chorale.export.CueShaper;
import org.chorale.export.ExportOptions;
import org.chorale.export.Song;
import org.chorale.onnx.Device;
import org.chorale.text.Document;
import org.chorale.text.TextException;
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
      description = "speech, lyrics (songs in the full mix), or auto (default), which listens.")
  private String mode;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "LIST",
      split = ",",
      defaultValue = "json",
      description =
          "json (default), lrc, elrc, srt, vtt, ass, ttml, ttml-apple, ultrastar, kar, textgrid,"
              + " elan, csv, tsv, ctm, audacity; several by commas.")
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

  @Mixin private SubtitlesOption subtitles = new SubtitlesOption();

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
    FormatOutput target = FormatOutput.of(formats, output, spec);
    CueShaper cues = subtitles.shaper(spec);
    AlignmentMode asked = mode();
    if (minConfidence < 0 || minConfidence > 1) {
      throw usage("--min-confidence is a number from 0 to 1.");
    }
    if (audio.equals("-") && text.equals("-")) {
      throw usage("Only one of AUDIO and TEXT can come from standard input.");
    }
    Device where = device.parse(spec);
    DocumentAhead reading = new DocumentAhead(text, language);
    Alignment alignment;
    try (Engine engine = engine(asked, where, reading)) {
      Document document = reading.get();
      if (language.equalsIgnoreCase("auto") && !quiet) {
        environment.err().println("chorale: the text looks like '" + document.language() + "'");
      }
      engine.checkReadable(text, document);
      remarkOnLanguage(document.language(), engine.readAs(document.language()));
      alignment = engine.align(audio, document, quiet);
    }
    if (alignment.verdict() == Verdict.MISMATCH && !force) {
      throw new MismatchException(
          String.format(
              Locale.ROOT,
              "'%s' is not what is heard in '%s' (confidence %.2f%s); check that they belong"
                  + " together, give the language with -l, or use --force.",
              text,
              audio,
              alignment.confidence(),
              alignment.remark()));
    }
    if (alignment.verdict() == Verdict.DOUBTFUL && !quiet) {
      environment
          .err()
          .printf(
              Locale.ROOT,
              "chorale: parts of '%s' may not be what is heard (confidence %.2f%s)%n",
              text,
              alignment.confidence(),
              alignment.remark());
    }
    Song song = Song.of(new WordFilter(minConfidence).apply(alignment));
    if (!quiet) {
      subtitles.report(song, target.formats(), verbose, spec, environment);
    }
    // Standard input is heard once: what comes from it has no melody.
    target.write(
        target.songs(song, audio.equals("-") ? null : audio, phones, environment),
        ExportOptions.standard().withPhones(phones).withCues(cues),
        audio,
        environment);
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

  private AlignmentMode mode() {
    return AlignmentMode.of(mode)
        .orElseThrow(() -> usage("'%s' is no mode; use speech, lyrics or auto.".formatted(mode)));
  }

  /** Loads the models; where neither they nor the text can be read, the text is what is told. */
  private Engine engine(AlignmentMode asked, Device where, DocumentAhead reading)
      throws IOException, TextException, InterruptedException {
    try {
      return asked == AlignmentMode.AUTO
          ? Engine.loadFor(audio, environment, model, quiet, where)
          : Engine.load(environment, model, asked, where);
    } catch (IOException e) {
      reading.get();
      throw e;
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
