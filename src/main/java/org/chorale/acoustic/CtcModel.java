package org.chorale.acoustic;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.chorale.onnx.OnnxSession.Kind;
import org.chorale.onnx.OnnxSession.LongTensor;
import org.chorale.onnx.OnnxSession.Tensor;
import org.chorale.onnx.OrtRuntime;

/**
 * A foreign CTC model by its manifest: samples or log-mel features in, token posteriors out.
 *
 * <p>Shapes: samples [batch, N] or features [batch, mels, T] or [batch, T, mels] in floats; where
 * the graph wants them, lengths [batch] and a mask [batch, N] in integers; out come [batch, T',
 * tokens] in floats, logits or log probabilities (their softmax is the same). Thread-safe.
 */
public final class CtcModel implements AutoCloseable {

  /**
   * Models may give a few frames more or less than a window holds: convolutions without padding.
   */
  private static final int FRAME_TOLERANCE = 4;

  private final ModelFolder folder;
  private final OnnxSession session;
  private final CtcDescription description;
  private final String output;

  private CtcModel(
      ModelFolder folder, OnnxSession session, CtcDescription description, String output) {
    this.folder = folder;
    this.session = session;
    this.description = description;
    this.output = output;
  }

  /** Whether a folder holds such a model: one whose manifest names a blank. */
  public static boolean isIn(ModelFolder folder) {
    return folder.manifest().task().equals("ctc-acoustic")
        && folder.manifest().json().hasNonNull("blank");
  }

  /**
   * Loads a model.
   *
   * @throws ModelException when files are missing or damaged, or graph and manifest do not go
   *     together
   */
  public static CtcModel load(ModelFolder folder, OrtRuntime runtime) throws ModelException {
    CtcDescription description = CtcDescription.of(folder);
    if (!folder.manifest().files().containsKey(description.modelFile())) {
      throw folder.broken("'files' does not name " + description.modelFile());
    }
    folder.verify(); // weights may lie in files beside the graph, which ONNX Runtime opens itself
    OnnxSession session = runtime.open(folder.folder().resolve(description.modelFile()));
    try {
      checkInputs(folder, session, description);
      return new CtcModel(folder, session, description, output(folder, session, description));
    } catch (ModelException e) {
      session.close();
      throw e;
    }
  }

  private static void checkInputs(
      ModelFolder folder, OnnxSession session, CtcDescription description) throws ModelException {
    Map<String, OnnxSession.Input> inputs = session.inputs();
    Set<String> unfed = new TreeSet<>(inputs.keySet());
    for (String integers : Arrays.asList(description.lengthInput(), description.maskInput())) {
      if (integers != null) {
        OnnxSession.Input input = input(folder, inputs, integers);
        if (input.kind() != Kind.LONGS && input.kind() != Kind.INTS) {
          throw folder.broken("the graph's input '%s' is not of integers".formatted(integers));
        }
        unfed.remove(integers);
      }
    }
    OnnxSession.Input input = input(folder, inputs, description.input());
    if (input.kind() != Kind.FLOATS) {
      throw folder.broken(
          "the graph's input '%s' is not of 32-bit floats".formatted(description.input()));
    }
    if (input.shape().length != description.frontEnd().dimensions()) {
      throw folder.broken(
          "the graph's input '%s' has %d dimensions, but these features have %d"
              .formatted(
                  description.input(), input.shape().length, description.frontEnd().dimensions()));
    }
    unfed.remove(description.input());
    if (!unfed.isEmpty()) {
      throw folder.broken(
          "the graph also asks for %s, which neither 'lengthInput' nor 'maskInput' names"
              .formatted(String.join(", ", unfed)));
    }
  }

  private static OnnxSession.Input input(
      ModelFolder folder, Map<String, OnnxSession.Input> inputs, String name)
      throws ModelException {
    OnnxSession.Input input = inputs.get(name);
    if (input == null) {
      throw folder.broken(
          "the graph has no input '%s', but %s"
              .formatted(name, String.join(", ", new TreeSet<>(inputs.keySet()))));
    }
    return input;
  }

  private static String output(ModelFolder folder, OnnxSession session, CtcDescription description)
      throws ModelException {
    Set<String> names = new TreeSet<>(session.outputNames());
    if (description.output() == null && names.size() == 1) {
      return names.iterator().next();
    }
    if (description.output() == null || !names.contains(description.output())) {
      throw folder.broken(
          "'output' is not one of the graph's outputs: %s".formatted(String.join(", ", names)));
    }
    return description.output();
  }

  /** The vocabulary. */
  public TokenSet tokens() {
    return description.tokens();
  }

  /** Samples from frame to frame. */
  public int frameSamples() {
    return description.frameSamples();
  }

  /** The sample on which the first frame is centred. */
  public int firstFrameCentre() {
    return description.firstFrameCentre();
  }

  /** Frames of a window, contexts included. */
  int windowFrames() {
    return description.windowFrames();
  }

  /** Frames at the beginning of a window that lack context on their left. */
  int leftContext() {
    return description.leftContext();
  }

  /** Frames at the end of a window that lack context on their right. */
  int rightContext() {
    return description.rightContext();
  }

  /** An error of the manifest. */
  ModelException broken(String why) {
    return folder.broken(why);
  }

  /** Windows of equal length to run at a time, at least 1. */
  int batchSize() {
    return session.batchSize(description.input());
  }

  /**
   * A stretch of a recording.
   *
   * @param samples in [-1, 1]
   * @param leastVariance what a lower variance of the samples is taken for where the model wants
   *     their level normalised
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Window(float[] samples, double leastVariance) {}

  /**
   * Log posteriors of windows.
   *
   * @param values windows x frames x classes
   * @param frames of every window
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  record Posteriors(float[] values, int frames) {}

  /**
   * Runs windows of equal length.
   *
   * @throws ModelException when the model does not do what its manifest says
   */
  Posteriors run(List<Window> windows) throws ModelException {
    int batch = windows.size();
    float[] values = null;
    FrontEnd.Features last = null;
    for (int w = 0; w < batch; w++) {
      last = description.frontEnd().of(windows.get(w).samples(), windows.get(w).leastVariance());
      if (batch == 1) {
        values = last.values();
      } else {
        values = values == null ? new float[batch * last.values().length] : values;
        System.arraycopy(last.values(), 0, values, w * last.values().length, last.values().length);
      }
    }
    long[] shape = new long[last.shape().length + 1];
    shape[0] = batch;
    System.arraycopy(last.shape(), 0, shape, 1, last.shape().length);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put(description.input(), new FloatTensor(values, shape));
    if (description.lengthInput() != null) {
      long[] lengths = new long[batch];
      Arrays.fill(lengths, last.length());
      inputs.put(description.lengthInput(), new LongTensor(lengths, new long[] {batch}));
    }
    if (description.maskInput() != null) {
      long[] ones = new long[Math.toIntExact(batch * last.length())];
      Arrays.fill(ones, 1);
      inputs.put(description.maskInput(), new LongTensor(ones, new long[] {batch, last.length()}));
    }
    FloatTensor out = session.runForeign(inputs, output);
    return checked(out, batch, windows.get(0).samples().length);
  }

  private Posteriors checked(FloatTensor out, int batch, int samples) throws ModelException {
    int classes = tokens().symbols().size();
    long[] shape = out.shape();
    if (shape.length != 3 || shape[0] != batch || shape[2] != classes) {
      throw folder.broken(
          "the graph's output '%s' has shape %s, but the vocabulary has %d tokens: [%d, frames, %d]"
              .formatted(output, Arrays.toString(shape), classes, batch, classes));
    }
    int frames = Math.toIntExact(shape[1]);
    double expected = samples / (double) frameSamples();
    if (Math.abs(frames - expected) > FRAME_TOLERANCE + expected / 50) {
      throw folder.broken(
          "'frameStrideSamples' is %d, but the graph gives %d frames for %d samples: about %d"
              .formatted(frameSamples(), frames, samples, Math.round(samples / (double) frames)));
    }
    if (!logSoftmax(out.values(), classes)) {
      throw folder.broken(
          "the graph's output '%s' holds values that are no numbers; export it in 32-bit floats"
              .formatted(output));
    }
    return new Posteriors(out.values(), frames);
  }

  /** In place; false when a frame has no distribution. */
  private static boolean logSoftmax(float[] values, int classes) {
    for (int from = 0; from < values.length; from += classes) {
      float best = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        best = Math.max(best, values[from + c]);
      }
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp(values[from + c] - best);
      }
      float norm = best + (float) Math.log(sum);
      if (!Float.isFinite(norm)) {
        return false;
      }
      for (int c = 0; c < classes; c++) {
        values[from + c] -= norm;
      }
    }
    return true;
  }

  @Override
  public void close() {
    session.close();
  }
}
