package org.chorale.align;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.chorale.acoustic.Emissions;
import org.chorale.acoustic.OfflineEmissions;
import org.chorale.acoustic.OnnxAcousticModel;
import org.chorale.acoustic.PhoneSet;
import org.chorale.align.ViterbiKernel.NoPathException;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.engine.PhoneReadings;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The stages of an alignment, each over a whole recording: {@code -p stem=FOLDER/NAME -p
 * language=CODE} names NAME.wav and NAME.txt as src/test/python/longform.py makes them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx640m", "-XX:+UseSerialGC"})
public class StagesBenchmark {

  @Param("")
  private String stem;

  @Param("wav")
  private String extension;

  @Param("en")
  private String language;

  private final SearchSettings settings = SearchSettings.defaults();
  private OnnxAcousticModel model;
  private Pronouncer pronouncer;
  private PhoneReadings readings;
  private Emissions emissions;
  private Document document;
  private List<List<Reading>> text;
  private Trellis trellis;
  private SpeechScores scores;
  private DurationModel durations;
  private PhoneSet phones;
  private int star;
  private int[] path;

  /** Loads the models and computes what the stages start from. */
  @Setup(Level.Trial)
  public void prepare() throws IOException, TextException, NoPathException {
    OrtRuntime runtime = new OrtRuntime(Runtime.getRuntime().availableProcessors(), Device.cpu());
    ModelFolder speech = ModelFolder.open(Path.of("models/speech-v1"));
    model = OnnxAcousticModel.load(speech, runtime);
    pronouncer = Pronouncer.load(ModelFolder.open(Path.of("models/g2p-v1")), runtime);
    readings = new PhoneReadings(pronouncer, model.phones().symbols());
    document = new DocumentReader().read(stem + ".txt", language);
    text = readings.of(document);
    emissions = emissions();
    phones = model.phones();
    star = SpeechScores.starClass(emissions.classes());
    trellis = trellis();
    scores =
        new SpeechScores(emissions, phones.logPriors(), phones.silence(), new int[0], settings);
    double[] usual = new double[emissions.classes()];
    double[] deviation = new double[emissions.classes()];
    Arrays.fill(usual, 7);
    Arrays.fill(deviation, 0.4);
    usual[phones.silence()] = 0;
    durations = new DurationModel(usual, deviation);
    path = search();
  }

  /** Closes the models. */
  @TearDown
  public void close() {
    emissions.close();
    model.close();
    pronouncer.close();
  }

  /** The file to samples. */
  @Benchmark
  public long decode() throws IOException {
    float[] block = new float[16_000];
    long samples = 0;
    try (AudioSource source = new AudioFiles().open(stem + "." + extension)) {
      int count;
      while ((count = source.read(block, 0, block.length)) >= 0) {
        samples += count;
      }
    }
    return samples;
  }

  /** The file to log posteriors, decoding included. */
  @Benchmark
  public Emissions emissions() throws IOException {
    try (AudioSource source = new AudioFiles().open(stem + "." + extension)) {
      return new OfflineEmissions(model).of(source, samples -> {}).emissions();
    }
  }

  /** The text to words with readings and pronunciations. */
  @Benchmark
  public List<List<Reading>> pronunciation() throws IOException, TextException {
    return readings.of(new DocumentReader().read(stem + ".txt", language));
  }

  /** Words to trellis. */
  @Benchmark
  public Trellis trellis() {
    return TextTrellis.of(text, phones.silence(), star, settings);
  }

  /** Anchors alone: what the model hears, and where that is found in the text. */
  @Benchmark
  public Anchors anchors() {
    return Anchors.between(HeardPhones.of(scores, phones.silence(), star), WrittenPhones.of(text));
  }

  /** The first pass: anchors and Viterbi. */
  @Benchmark
  public int[] search() throws NoPathException {
    return new GuidedSearch(phones.silence(), star, settings.beam())
        .bestPath(trellis, text, scores)
        .nodes();
  }

  /** The second pass: durations, then boundaries below the frame grid. */
  @Benchmark
  public double[] refinement() {
    int[] refined =
        new DurationRefiner(durations, settings.durationWeight()).refined(trellis, path, scores);
    return new BoundaryRefiner(durations, settings.durationWeight())
        .edges(Segments.of(trellis, refined), scores);
  }
}
