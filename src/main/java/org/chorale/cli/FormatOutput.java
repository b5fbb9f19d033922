package org.chorale.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.chorale.engine.AlignmentMode;
import org.chorale.engine.Singing;
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
   * What every format writes of a song: those for singing along its syllables, and notes where they
   * have them.
   *
   * @param audio name of the recording; null where it cannot be read (again)
   * @param phones whether phones are written: then those that hold all there is hold the syllables
   *     of what was aligned as a song, too
   */
  Map<TimedFormat, Song> songs(Song song, String audio, boolean phones, Environment environment)
      throws IOException {
    boolean sungPhones = phones && song.alignment().mode().equals(AlignmentMode.LYRICS.tag());
    Map<TimedFormat, Song> songs = new HashMap<>();
    try (Singing singing = new Singing(environment.models())) {
      boolean any = formats.stream().anyMatch(f -> dividesWords(f, sungPhones));
      boolean melody = audio != null && formats.stream().anyMatch(TimedFormat::hasNotes);
      Song divided = any ? singing.withSyllables(song) : song;
      Song sung = melody ? singing.withNotes(divided, audio) : divided;
      for (TimedFormat format : formats) {
        songs.put(
            format, format.hasNotes() ? sung : dividesWords(format, sungPhones) ? divided : song);
      }
    }
    return songs;
  }

  private static boolean dividesWords(TimedFormat format, boolean sungPhones) {
    return format.hasSyllables() || (sungPhones && format.holdsAll());
  }

  /**
   * Writes all formats.
   *
   * @param songs what each of them writes
   * @param input path of what the song comes from, after which files in a folder are named
   */
  void write(
      Map<TimedFormat, Song> songs, ExportOptions options, String input, Environment environment)
      throws IOException {
    if (output.equals("-")) {
      formats.get(0).write(songs.get(formats.get(0)), options, environment.out());
      if (environment.out().checkError()) {
        throw new IOException("Standard output cannot be written; see that its reader is there.");
      }
      return;
    }
    List<Path> targets = targets(input);
    for (int f = 0; f < formats.size(); f++) {
      TimedFormat format = formats.get(f);
      AtomicOutput.writeBytes(targets.get(f), out -> format.write(songs.get(format), options, out));
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
