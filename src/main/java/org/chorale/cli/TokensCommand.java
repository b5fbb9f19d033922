package org.chorale.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.ReadAheadSource;
import org.chorale.engine.AlignmentMode;
import org.chorale.export.AtomicOutput;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.synth.SemanticTokenizer;
import org.chorale.synth.TokenGroups;
import org.chorale.text.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A recording to semantic tokens, with a text in groups by its words. */
@Command(
    name = "tokens",
    description =
        "Writes the semantic tokens of AUDIO, 50 a second; with TEXT one group of tokens and one"
            + " embedding per word.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit codes: 0 written, 1 internal error, 2 usage, 3 unreadable or empty audio,",
      "4 unreadable or empty text, 6 model missing or broken."
    })
final class TokensCommand implements Callable<Integer> {

  private static final int GAP_TOKENS = 500;

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "AUDIO", description = "Anything FFmpeg decodes.")
  private String audio;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TEXT",
      description = "What is said in it; - is standard input.")
  private String text;

  @Option(
      names = {"-l", "--language"},
      paramLabel = "CODE",
      defaultValue = "auto",
      description = "Language of the text; auto (default) finds it.")
  private String language;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      description = "jsonl or npz; by default what the ending of the output says, or jsonl.")
  private String format;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = "-",
      description = "A file; - (default) is standard output.")
  private String output;

  @Mixin private DeviceOption device = new DeviceOption();

  @Option(names = "--quiet", description = "No progress and no remarks.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Stack traces on errors.")
  private boolean verbose;

  TokensCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    boolean npz = npz();
    Device where = device.parse(spec);
    Alignment alignment = null;
    if (text != null) {
      if (audio.equals("-")) {
        throw usage("With a text AUDIO is read twice: give a file, not standard input.");
      }
      Document document = Engine.document(text, language);
      try (Engine engine = Engine.load(environment, null, AlignmentMode.SPEECH, where)) {
        engine.checkReadable(text, document);
        alignment = engine.align(audio, document, quiet);
      }
    }
    OrtRuntime runtime = new OrtRuntime(Runtime.getRuntime().availableProcessors(), where);
    ModelFolder folder = ModelFolder.open(environment.models().resolve("tts-v1"));
    try (SemanticTokenizer tokenizer = SemanticTokenizer.load(folder, runtime)) {
      if (output.equals("-")) {
        write(tokenizer, alignment, npz, new Unclosed(environment.out()));
        if (environment.out().checkError()) {
          throw new IOException("Standard output cannot be written; see that its reader is there.");
        }
      } else {
        Alignment words = alignment;
        AtomicOutput.writeBytes(Path.of(output), out -> write(tokenizer, words, npz, out));
      }
    }
    return Main.ALIGNED;
  }

  private boolean npz() {
    String chosen = format == null ? "" : format.toLowerCase(Locale.ROOT);
    boolean ending = output.toLowerCase(Locale.ROOT).endsWith(".npz");
    return switch (chosen) {
      case "" -> ending;
      case "jsonl" -> false;
      case "npz" -> true;
      default -> throw usage("'%s' is no format; use jsonl or npz.".formatted(format));
    };
  }

  private void write(
      SemanticTokenizer tokenizer, Alignment alignment, boolean npz, OutputStream out)
      throws IOException {
    int count = alignment == null ? 0 : alignment.words().size();
    double[] starts = new double[count];
    double[] ends = new double[count];
    for (int w = 0; w < count; w++) {
      starts[w] = alignment.words().get(w).startSeconds();
      ends[w] = alignment.words().get(w).endSeconds();
    }
    try (AudioSource source = new ReadAheadSource(new AudioFiles().open(audio));
        Progress progress =
            new Progress(environment, quiet, audio, source.info().expectedSeconds())) {
      if (npz) {
        TokenArchive archive = new TokenArchive(alignment);
        TokenGroups groups = new TokenGroups(starts, ends, GAP_TOKENS, archive);
        groups.finish(tokens(tokenizer, source, groups, progress));
        archive.write(out);
      } else {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
          json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
          TokenGroups groups =
              new TokenGroups(starts, ends, GAP_TOKENS, (w, g) -> line(json, alignment, w, g));
          groups.finish(tokens(tokenizer, source, groups, progress));
          json.writeRaw('\n');
        }
      }
    }
  }

  private static long tokens(
      SemanticTokenizer tokenizer, AudioSource source, TokenGroups groups, Progress progress)
      throws IOException {
    return tokenizer.<IOException>tokens(
        source,
        (index, token, features) -> {
          groups.token(index, token, features);
          progress.accept((index + 1) * SemanticTokenizer.TOKEN_SAMPLES);
        });
  }

  private static void line(
      JsonGenerator json, Alignment alignment, int index, org.chorale.synth.WordTokens group)
      throws IOException {
    json.writeStartObject();
    if (index >= 0) {
      AlignedWord word = alignment.words().get(index);
      json.writeNumberField("word", index);
      json.writeStringField("text", word.text());
      if (word.isTimed()) {
        json.writeNumberField("start", Math.round(word.startSeconds() * 1000) / 1000.0);
        json.writeNumberField("end", Math.round(word.endSeconds() * 1000) / 1000.0);
      }
    }
    json.writeNumberField("first", group.first());
    json.writeArrayFieldStart("tokens");
    for (int token : group.tokens()) {
      json.writeNumber(token);
    }
    json.writeEndArray();
    if (index >= 0) {
      json.writeArrayFieldStart("embedding");
      for (float value : group.embedding()) {
        json.writeNumber(Math.round(value * 1000) / 1000.0);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Standard output, which stays open. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
