package org.chorale.cli;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.FfmpegProgram;
import org.chorale.engine.Singing;
import org.chorale.export.AlignmentJsonReader;
import org.chorale.export.AtomicOutput;
import org.chorale.picture.AlignmentPicture;
import org.chorale.picture.AlignmentPicture.View;
import org.chorale.picture.KaraokeFrames;
import org.chorale.picture.PreviewPage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** An alignment as a picture, a page or a video. */
@Command(
    name = "preview",
    description =
        "Shows an alignment with its recording: a picture (.png), a page that plays (.html) or a"
            + " karaoke video (.mp4).",
    mixinStandardHelpOptions = true)
final class PreviewCommand implements Callable<Integer> {

  private static final double ROW_SECONDS = 8;
  private static final int FRAMES_PER_SECOND = 25;

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "ALIGNMENT", description = "JSON of 'chorale align'.")
  private Path alignmentFile;

  @Parameters(index = "1", paramLabel = "AUDIO", description = "The recording.")
  private String audio;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "A .png, .html or .mp4.")
  private Path output;

  @Option(
      names = "--from",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Where the picture or video begins, 0 by default.")
  private double from;

  @Option(
      names = "--to",
      paramLabel = "SECONDS",
      description = "Where it ends; by default as far as one picture, or the recording, goes.")
  private Double to;

  @Option(
      names = "--row",
      paramLabel = "SECONDS",
      defaultValue = "" + ROW_SECONDS,
      description = "Length of a row, 8 by default.")
  private double row;

  @Option(
      names = "--spectrogram",
      description = "Draw the spectrogram in place of the waveform, in pictures.")
  private boolean spectrogram;

  @Option(names = "--quiet", description = "No remarks.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Stack traces on errors.")
  private boolean verbose;

  PreviewCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    String name = output.toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".png") && !name.endsWith(".html") && !name.endsWith(".mp4")) {
      throw usage("'%s' is no .png, .html or .mp4; choose one of them.".formatted(output));
    }
    Alignment alignment = new AlignmentJsonReader().read(alignmentFile);
    if (name.endsWith(".png")) {
      picture(alignment);
      return Main.ALIGNED;
    }
    if (audio.equals("-")) {
      throw usage("A page or video needs a recording in a file, not standard input.");
    }
    // Says what is wrong with the recording before anything is written.
    new AudioFiles().open(audio).close();
    if (name.endsWith(".html")) {
      AtomicOutput.write(output, out -> new PreviewPage().write(alignment, Path.of(audio), out));
    } else {
      AtomicOutput.writeFile(output, beside -> video(alignment, beside));
    }
    return Main.ALIGNED;
  }

  private void picture(Alignment alignment) throws IOException {
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
      image =
          new AlignmentPicture(alignment, from, end, Math.min(row, end - from))
              .draw(source, spectrogram ? View.SPECTROGRAM : View.WAVEFORM);
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
  }

  private void video(Alignment alignment, Path file) throws IOException {
    double duration = alignment.audio().durationSeconds();
    double end = Math.min(duration, to == null ? duration : to);
    if (!(from >= 0 && end > from)) {
      throw usage(
          String.format(Locale.ROOT, "The recording has %.1f s; change --from or --to.", duration));
    }
    try (Singing singing = new Singing(environment.models());
        FfmpegProgram ffmpeg =
            FfmpegProgram.video(
                Path.of(audio),
                from,
                end - from,
                file,
                KaraokeFrames.WIDTH,
                KaraokeFrames.HEIGHT,
                FRAMES_PER_SECOND)) {
      KaraokeFrames frames = new KaraokeFrames(alignment, singing.syllabifier(alignment));
      long count = Math.round((end - from) * FRAMES_PER_SECOND);
      for (long f = 0; f < count; f++) {
        frames.at(from + f / (double) FRAMES_PER_SECOND);
        ffmpeg.frame(frames.bgr());
      }
      ffmpeg.finish();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
