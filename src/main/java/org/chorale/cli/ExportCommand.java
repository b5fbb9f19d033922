package org.chorale.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.chorale.align.WordFilter;
import org.chorale.export.ExportOptions;
import org.chorale.export.FormatException;
import org.chorale.export.Song;
import org.chorale.export.TimedFile;
import org.chorale.export.TimedFormat;
import org.chorale.export.TimedFormats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Timed words from one format to others. */
@Command(
    name = "export",
    description = "Writes timed words that are there already in other formats.",
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description =
          "JSON of 'chorale align', or any other format of timed words; - is standard input.")
  private String input;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "LIST",
      split = ",",
      required = true,
      description =
          "One or several by commas: json, lrc, elrc, srt, vtt, ass, ttml, ttml-apple, ultrastar,"
              + " kar, textgrid, elan, csv, tsv, ctm, audacity.")
  private List<String> formats;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "PATH",
      defaultValue = "-",
      description = "A file; for several formats a folder or a stem; - is standard output.")
  private String output;

  @Option(
      names = "--from",
      paramLabel = "FORMAT",
      description = "Format of IN; by default it is told by its content.")
  private String from;

  @Option(names = "--phones", description = "Write the phones of every word, too.")
  private boolean phones;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description =
          "Encoding of what is written, UTF-8 by default; vtt, ttml, elan and json are always in"
              + " UTF-8.")
  private Charset encoding = StandardCharsets.UTF_8;

  @Option(
      names = "--from-encoding",
      paramLabel = "NAME",
      description =
          "Encoding of IN; by default what its byte order mark says, else UTF-8 or windows-1252.")
  private Charset fromEncoding;

  @Option(
      names = "--min-confidence",
      paramLabel = "X",
      defaultValue = "0",
      description = "Words less sure than this (0 to 1) are given as missing.")
  private double minConfidence;

  @Option(
      names = "--audio",
      paramLabel = "FILE",
      description =
          "The recording, for the melody of ultrastar and kar; by default the one that IN names, if"
              + " it is there.")
  private String audio;

  @Mixin private SubtitlesOption subtitles = new SubtitlesOption();

  @Option(names = "--quiet", description = "No remarks.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Stack traces on errors.")
  private boolean verbose;

  ExportCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    FormatOutput target = FormatOutput.of(formats, output, spec);
    if (!(minConfidence >= 0 && minConfidence <= 1)) {
      throw usage("--min-confidence is a number from 0 to 1.");
    }
    if (!encoding.canEncode()) {
      throw usage("Java reads '%s' but cannot write it; choose another.".formatted(encoding));
    }
    ExportOptions options = options();
    TimedFile file = file();
    Song song = format(file).read(file);
    if (song.alignment().words().isEmpty()) {
      throw new FormatException(
          "'%s' holds no words; check that it is the right file and, with --from, its format."
              .formatted(file.name()));
    }
    Song filtered = filtered(song);
    if (!quiet) {
      subtitles.report(filtered, target.formats(), verbose, spec, environment);
    }
    target.write(
        target.songs(filtered, recording(song, target), phones, environment),
        options,
        input,
        environment);
    return Main.ALIGNED;
  }

  private TimedFile file() throws Exception {
    Optional<Charset> known = Optional.ofNullable(fromEncoding);
    return input.equals("-")
        ? TimedFile.read(System.in, "standard input", known)
        : TimedFile.read(Path.of(input), known);
  }

  private TimedFormat format(TimedFile file) throws FormatException {
    if (from == null) {
      return TimedFormats.all().of(file);
    }
    try {
      return TimedFormats.all().named(from);
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  /** The recording whose melody is wanted, null where there is none. */
  private String recording(Song song, FormatOutput target) {
    String named = song.alignment().audio().path();
    if (audio != null) {
      return audio;
    }
    boolean wanted = !song.hasNotes() && target.formats().stream().anyMatch(TimedFormat::hasNotes);
    if (wanted && !isFile(named)) {
      if (!quiet) {
        environment
            .err()
            .printf(
                "chorale: the recording '%s' is not there, so the notes have no pitch; name it with"
                    + " --audio%n",
                named);
      }
      return null;
    }
    return wanted ? named : null;
  }

  private static boolean isFile(String name) {
    try {
      return !name.isEmpty() && Files.isRegularFile(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private Song filtered(Song song) {
    return minConfidence == 0
        ? song
        : new Song(
            new WordFilter(minConfidence).apply(song.alignment()), song.syllables(), song.notes());
  }

  private ExportOptions options() {
    return ExportOptions.standard()
        .withPhones(phones)
        .withEncoding(encoding)
        .withCues(subtitles.shaper(spec));
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
