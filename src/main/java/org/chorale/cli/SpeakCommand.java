package org.chorale.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.SpeechOutput;
import org.chorale.audio.WavOutput;
import org.chorale.engine.RecordingAligners;
import org.chorale.engine.SpokenAlignment;
import org.chorale.export.AtomicOutput;
import org.chorale.export.ExportOptions;
import org.chorale.export.JsonFormat;
import org.chorale.export.Song;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.synth.SpeechBlock;
import org.chorale.synth.SpeechSettings;
import org.chorale.synth.SpeechStream;
import org.chorale.synth.Synthesizer;
import org.chorale.synth.Voice;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextException;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A text to speech and the times of its words. */
@Command(
    name = "speak",
    description = "Speaks TEXT, and says when every word is heard.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit codes: 0 spoken, 1 internal error, 2 usage, 3 unreadable reference recording,",
      "4 unreadable or empty text, 6 model missing or broken."
    })
final class SpeakCommand implements Callable<Integer> {

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "TEXT",
      description = "A text file, the text itself, or - for standard input.")
  private String text;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "A .wav, .flac, .mp3 or .opus file; - streams WAV to standard output.")
  private String output;

  @Option(
      names = "--words",
      paramLabel = "JSON",
      description = "Write the times of the words here, as align does.")
  private Path words;

  @Option(
      names = {"-l", "--language"},
      paramLabel = "CODE",
      defaultValue = "auto",
      description =
          "Language of the text: en, de, nl; fr, es, it with the accent of the voice; others by the"
              + " letters of a neighbour. auto (default) finds it.")
  private String language;

  @Option(
      names = "--voice",
      paramLabel = "NAME",
      description =
          "cathy, lj (en), kerstin (de), nathalie, flemishguy (nl); by default the first that"
              + " speaks the language.")
  private String voice;

  @Option(
      names = "--reference",
      paramLabel = "AUDIO",
      description =
          "A recording of 2 seconds or more, of which 20 are heard: pitch and timbre of its speaker"
              + " are taken over.")
  private String reference;

  @Option(
      names = "--rate",
      paramLabel = "X",
      defaultValue = "1",
      description = "Speed, 0.5 to 2; 1 by default.")
  private double rate;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "transducer or parallel: what finds the tokens; the better one by default.")
  private SpeechSettings.Method method;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The same seed gives the same sound.")
  private long seed;

  @Mixin private DeviceOption device = new DeviceOption();

  @Option(names = "--quiet", description = "No remarks.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Stack traces on errors.")
  private boolean verbose;

  SpeakCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    if (!(rate >= SpeechSettings.SLOWEST && rate <= SpeechSettings.FASTEST)) {
      throw usage("--rate is a number from 0.5 to 2.");
    }
    if (voice != null && reference != null) {
      throw usage("Give --voice or --reference, not both.");
    }
    if (words != null && words.toString().equals("-")) {
      throw usage("--words names a file; standard output is for the sound.");
    }
    if (!output.equals("-") && !SpeechOutput.canWrite(output)) {
      throw usage("'%s' is no .wav, .flac, .mp3 or .opus; choose one of them.".formatted(output));
    }
    var where = device.parse(spec);
    Document document = document();
    OrtRuntime runtime = new OrtRuntime(Runtime.getRuntime().availableProcessors(), where);
    ModelFolder folder = ModelFolder.open(environment.models().resolve("tts-v1"));
    Pronouncer pronouncer =
        Pronouncer.load(
            ModelFolder.open(environment.models().resolve(RecordingAligners.PRONUNCIATION_MODEL)),
            runtime);
    try (Synthesizer synthesizer = Synthesizer.load(folder, pronouncer, runtime)) {
      Voice speaker = speaker(synthesizer, document);
      if (!synthesizer.speaks(document.language()) && !quiet) {
        environment
            .err()
            .printf(
                "chorale: no speech in '%s' was learnt from; it is spoken as '%s' would say it%n",
                document.language(), speaker.name());
      }
      SpeechSettings settings =
          new SpeechSettings(rate, method == null ? synthesizer.standardMethod() : method, seed);
      SpeechStream speech = synthesizer.speak(document, speaker, settings);
      SpokenAlignment alignment = new SpokenAlignment(document, folder.manifest().name());
      write(speech, alignment);
      if (words != null) {
        Song song = Song.of(alignment.of(output, speech.seconds()));
        AtomicOutput.writeBytes(
            words, out -> new JsonFormat().write(song, ExportOptions.standard(), out));
      }
    }
    return Main.ALIGNED;
  }

  private Document document() throws TextException {
    String code = language.toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
    DocumentReader reader = new DocumentReader();
    boolean literal = !text.equals("-") && !isFile(text);
    if (literal && text.strip().matches("\\S*[/\\\\]?\\S+\\.(txt|srt|vtt|lrc)")) {
      throw new TextException("There is no file '%s'; check the name.".formatted(text));
    }
    return literal
        ? reader.parse(new TextFile("the text given", TextFormat.PLAIN, text), code)
        : reader.read(text, code);
  }

  private static boolean isFile(String name) {
    try {
      return !name.isBlank() && Files.exists(Path.of(name)); // "" would be the folder we are in
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private Voice speaker(Synthesizer synthesizer, Document document) throws IOException {
    if (reference != null) {
      try (AudioSource source = new AudioFiles().open(reference)) {
        return synthesizer.reference(source, reference);
      }
    }
    if (voice == null) {
      return synthesizer.voiceFor(document.language());
    }
    Optional<Voice> found = synthesizer.voice(voice);
    return found.orElseThrow(
        () ->
            usage(
                "There is no voice '%s'; there are %s."
                    .formatted(
                        voice,
                        synthesizer.voices().stream()
                            .map(Voice::name)
                            .collect(Collectors.joining(", ")))));
  }

  private void write(SpeechStream speech, SpokenAlignment alignment) throws IOException {
    if (output.equals("-")) {
      try (SpeechOutput out = WavOutput.to(environment.out(), Synthesizer.SAMPLE_RATE)) {
        pump(speech, alignment, out);
      }
      if (environment.out().checkError()) {
        throw new IOException("Standard output cannot be written; see that its reader is there.");
      }
      return;
    }
    AtomicOutput.writeFile(
        Path.of(output),
        beside -> {
          try (SpeechOutput out = SpeechOutput.to(output, beside, Synthesizer.SAMPLE_RATE)) {
            pump(speech, alignment, out);
          }
        });
  }

  private static void pump(SpeechStream speech, SpokenAlignment alignment, SpeechOutput out)
      throws IOException, ModelException {
    for (Optional<SpeechBlock> block = speech.next(); block.isPresent(); block = speech.next()) {
      block.get().words().forEach(alignment::add);
      out.write(block.get().samples());
    }
    out.finish();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
