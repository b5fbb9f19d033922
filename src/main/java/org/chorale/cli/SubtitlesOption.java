package org.chorale.cli;

import java.util.List;
import java.util.Locale;
import org.chorale.export.CueBuilder;
import org.chorale.export.CueShaper;
import org.chorale.export.ShapedCues;
import org.chorale.export.Song;
import org.chorale.export.TimedFormat;
import org.chorale.subtitle.SubtitleRules;
import org.chorale.subtitle.SubtitleShaper;
import org.chorale.subtitle.Violation;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How subtitles are shaped: the same option for all commands that write some. */
final class SubtitlesOption {

  /** Cues as long as their words, so that reading the file back gives the same times. */
  private static final String NONE = "none";

  private static final int SHOWN = 5;

  @Option(
      names = "--subtitles",
      paramLabel = "RULES",
      defaultValue = "netflix",
      description =
          "What srt, vtt and ttml keep to: netflix (default), bbc, ted or karaoke; none leaves"
              + " every cue the times of its words.")
  private String preset;

  /**
   * The shaper.
   *
   * @throws ParameterException when there is no such preset
   */
  CueShaper shaper(CommandSpec spec) {
    return preset.equalsIgnoreCase(NONE) ? new CueBuilder() : new ShapedCues(rules(spec));
  }

  /** The name of the rules. */
  String name() {
    return preset.toLowerCase(Locale.ROOT);
  }

  /** Says which rules could not be kept, if a format that has cues is written. */
  void report(
      Song song,
      List<TimedFormat> formats,
      boolean verbose,
      CommandSpec spec,
      Environment environment) {
    if (preset.equalsIgnoreCase(NONE) || formats.stream().noneMatch(TimedFormat::hasCues)) {
      return;
    }
    SubtitleRules rules = rules(spec);
    List<Violation> violations = new SubtitleShaper(rules).shape(song.alignment()).violations();
    if (violations.isEmpty()) {
      return;
    }
    environment
        .err()
        .printf(
            Locale.ROOT,
            "chorale: the speech leaves no room to keep all rules of '%s':%n",
            rules.name());
    violations.stream()
        .limit(verbose ? violations.size() : SHOWN)
        .forEach(v -> environment.err().println("  " + v));
    if (violations.size() > SHOWN && !verbose) {
      environment
          .err()
          .printf("  and %d more; see them with --verbose%n", violations.size() - SHOWN);
    }
  }

  private SubtitleRules rules(CommandSpec spec) {
    try {
      return SubtitleRules.named(preset);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage() + ", none");
    }
  }
}
