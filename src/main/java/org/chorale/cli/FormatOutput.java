package org.chorale.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.chorale.export.AtomicOutput;
import org.chorale.export.ExportOptions;
import org.chorale.export.Song;
import org.chorale.export.TimedFormat;
import org.chorale.export.TimedFormats;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Where the formats of a command go: one to standard output or a file, several to a folder or a
 * stem.
 *
 * @param formats at least one
 * @param output "-", a file, a folder or a stem
 */
record FormatOutput(List<TimedFormat> formats, String output) {

  /**
   * Checks what the user asked for.
   *
   * @throws ParameterException for a format that is none, or several to standard output
   */
  static FormatOutput of(List<String> names, String output, CommandSpec spec) {
    List<TimedFormat> chosen = new ArrayList<>();
    for (String name : names) {
      try {
        chosen.add(TimedFormats.all().named(name));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), e.getMessage());
      }
    }
    if (chosen.size() > 1 && output.equals("-")) {
      throw new ParameterException(
          spec.commandLine(), "Several formats need -o with a folder or a stem.");
    }
    return new FormatOutput(chosen, output);
  }

  /**
   * Writes all formats.
   *
   * @param input path of what the song comes from, after which files in a folder are named
   */
  void write(Song song, ExportOptions options, String input, Environment environment)
      throws IOException {
    if (output.equals("-")) {
      formats.get(0).write(song, options, environment.out());
      if (environment.out().checkError()) {
        throw new IOException("Standard output cannot be written; see that its reader is there.");
      }
      return;
    }
    List<Path> targets = targets(input);
    for (int f = 0; f < formats.size(); f++) {
      TimedFormat format = formats.get(f);
      AtomicOutput.writeBytes(targets.get(f), out -> format.write(song, options, out));
    }
  }

  /** Files of formats that share an ending have the name of their format before it. */
  private List<Path> targets(String input) {
    List<Path> targets = new ArrayList<>();
    for (TimedFormat format : formats) {
      boolean shared =
          formats.stream().filter(f -> f.extension().equals(format.extension())).count() > 1;
      boolean plain = !shared || format.name().equals(format.extension());
      String ending = (plain ? "" : "." + format.name()) + "." + format.extension();
      targets.add(target(input, ending));
    }
    return targets;
  }

  private Path target(String input, String ending) {
    Path path = Path.of(output);
    boolean folder = Files.isDirectory(path) || output.endsWith("/") || output.endsWith("\\");
    if (folder) {
      String name = input.equals("-") ? "stdin" : Path.of(input).getFileName().toString();
      int dot = name.lastIndexOf('.');
      return path.resolve((dot > 0 ? name.substring(0, dot) : name) + ending);
    }
    return formats.size() == 1 ? path : path.resolveSibling(path.getFileName() + ending);
  }
}
