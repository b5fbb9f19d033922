package org.chorale.cli;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.export.AlignmentJsonReader;
import org.chorale.export.AtomicOutput;
import org.chorale.picture.AlignmentPicture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** An alignment as a picture. */
@Command(
    name = "preview",
    description = "Draws an alignment over the waveform of its recording.",
    mixinStandardHelpOptions = true)
final class PreviewCommand implements Callable<Integer> {

  private static final double ROW_SECONDS = 8;

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "ALIGNMENT", description = "JSON of 'chorale align'.")
  private Path alignmentFile;

  @Parameters(index = "1", paramLabel = "AUDIO", description = "The recording.")
  private String audio;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "PNG",
      required = true,
      description = "The picture to write, a .png.")
  private Path output;

  @Option(
      names = "--from",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Where it begins, 0 by default.")
  private double from;

  @Option(
      names = "--to",
      paramLabel = "SECONDS",
      description = "Where it ends; by default as far as one picture goes.")
  private Double to;

  @Option(
      names = "--row",
      paramLabel = "SECONDS",
      defaultValue = "" + ROW_SECONDS,
      description = "Length of a row, 8 by default.")
  private double row;

  @Option(names = "--quiet", description = "No remarks.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Stack traces on errors.")
  private boolean verbose;

  PreviewCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    if (!output.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw usage("'%s' is no .png; pictures are PNG files.".formatted(output));
    }
    Alignment alignment = new AlignmentJsonReader().read(alignmentFile);
    double duration = alignment.audio().durationSeconds();
    double most = AlignmentPicture.MOST_ROWS * row;
    double end = Math.min(duration, to == null ? from + most : to);
    if (!(row >= 0.1 && from >= 0 && end > from && end - from <= most)) {
      throw usage(
          String.format(
              Locale.ROOT,
              "A picture has up to %d rows of at least 0.1 s inside the recording (%.1f s); change"
                  + " --from, --to or --row.",
              AlignmentPicture.MOST_ROWS,
              duration));
    }
    BufferedImage image;
    try (AudioSource source = new AudioFiles().open(audio)) {
      image = new AlignmentPicture(alignment, from, end, Math.min(row, end - from)).draw(source);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "png", png)) {
      throw new IOException("This JVM writes no PNG files; use a full JDK.");
    }
    AtomicOutput.write(output, png.toByteArray());
    if (end < duration && to == null && !quiet) {
      environment
          .err()
          .printf(Locale.ROOT, "chorale: drawn to %.1f of %.1f s; see --from%n", end, duration);
    }
    return Main.ALIGNED;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
