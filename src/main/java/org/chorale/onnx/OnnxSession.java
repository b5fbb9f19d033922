package org.chorale.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.chorale.model.ModelException;

/**
 * A loaded model. {@link #run} may be called by several threads at a time; {@link #close} only when
 * no run is under way.
 */
public final class OnnxSession implements AutoCloseable {

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String name;
  private final int batchSize;
  private final int runsAtATime;
  private final Map<String, Input> inputs;
  private final DirectBuffers buffers = new DirectBuffers();

  OnnxSession(
      OrtEnvironment environment, OrtSession session, String name, int batchSize, int runsAtATime)
      throws OrtException {
    this.environment = environment;
    this.session = session;
    this.name = name;
    this.batchSize = batchSize;
    this.runsAtATime = runsAtATime;
    this.inputs = inputs(session);
  }

  private static Map<String, Input> inputs(OrtSession session) throws OrtException {
    Map<String, Input> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, NodeInfo> entry : session.getInputInfo().entrySet()) {
      inputs.put(
          entry.getKey(),
          entry.getValue().getInfo() instanceof TensorInfo tensor
              ? new Input(kind(tensor.type), tensor.getShape())
              : new Input(Kind.OTHER, new long[0]));
    }
    return inputs;
  }

  private static Kind kind(OnnxJavaType type) {
    return switch (type) {
      case FLOAT -> Kind.FLOATS;
      case INT64 -> Kind.LONGS;
      case INT32 -> Kind.INTS;
      default -> Kind.OTHER;
    };
  }

  /** What an input takes. */
  public enum Kind {
    /** A {@link FloatTensor}. */
    FLOATS,
    /** A {@link LongTensor}. */
    LONGS,
    /** A {@link LongTensor}; its values are narrowed to 32 bits. */
    INTS,
    /** Nothing that {@link #run} could give it. */
    OTHER
  }

  /**
   * An input of the model.
   *
   * @param kind what it takes
   * @param shape its dimensions, -1 where any length goes
   */
  @SuppressWarnings("ArrayRecordComponent") // a view, never compared
  public record Input(Kind kind, long[] shape) {}

  /** The model's inputs by name. */
  public Map<String, Input> inputs() {
    return Map.copyOf(inputs);
  }

  /** Names of the model's outputs. */
  public Set<String> outputNames() {
    return session.getOutputNames();
  }

  /**
   * Items of equal length that the device likes to get at a time, at least 1; 1 where the input's
   * first dimension is fixed.
   *
   * @param input name of an input whose first dimension counts the items
   */
  public int batchSize(String input) {
    long[] shape = inputs.get(input).shape();
    return shape.length > 0 && shape[0] > 0 ? 1 : batchSize;
  }

  /**
   * Runs that should be under way at the same time, at least 1; more than that only of a model that
   * was opened for it ({@link OrtRuntime#openForRuns}).
   */
  public int runsAtATime() {
    return runsAtATime;
  }

  /**
   * Runs the model.
   *
   * @param inputs a {@link FloatTensor} or {@link LongTensor} for every input, by name
   * @param output which output to return; it must be of floats
   * @throws IllegalStateException when the model refuses the input
   */
  public FloatTensor run(Map<String, ? extends Tensor> inputs, String output) {
    try {
      return runUnwrapped(inputs, output);
    } catch (OrtException e) {
      throw new IllegalStateException(
          "The model '%s' failed: %s".formatted(name, e.getMessage()), e);
    }
  }

  /**
   * Runs a model that somebody else made and described, as {@link #run}: what goes wrong is an
   * error of its description.
   *
   * @throws ModelException when the model refuses the input
   */
  public FloatTensor runForeign(Map<String, ? extends Tensor> inputs, String output)
      throws ModelException {
    try {
      return runUnwrapped(inputs, output);
    } catch (OrtException e) {
      throw new ModelException(
          "The model '%s' refuses its input (%s); compare inputs and features in its manifest.json"
                  .formatted(name, OrtRuntime.firstLine(e.getMessage()))
              + " with what it was exported for.",
          e);
    }
  }

  /**
   * Runs the model.
   *
   * @param inputs as for {@link #run(Map, String)}
   * @param outputs which outputs to return; they must be of floats
   * @return the outputs in the order asked for
   * @throws IllegalStateException when the model refuses the input
   */
  public List<FloatTensor> run(Map<String, ? extends Tensor> inputs, List<String> outputs) {
    try {
      return runUnwrapped(inputs, outputs);
    } catch (OrtException e) {
      throw new IllegalStateException(
          "The model '%s' failed: %s".formatted(name, e.getMessage()), e);
    }
  }

  private FloatTensor runUnwrapped(Map<String, ? extends Tensor> inputs, String output)
      throws OrtException {
    return runUnwrapped(inputs, List.of(output)).get(0);
  }

  private List<FloatTensor> runUnwrapped(Map<String, ? extends Tensor> inputs, List<String> outputs)
      throws OrtException {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    List<ByteBuffer> lent = new ArrayList<>();
    try {
      for (Map.Entry<String, ? extends Tensor> input : inputs.entrySet()) {
        tensors.put(input.getKey(), tensor(input.getKey(), input.getValue(), lent));
      }
      try (OrtSession.Result result = session.run(tensors, new LinkedHashSet<>(outputs))) {
        List<FloatTensor> out = new ArrayList<>();
        for (String output : outputs) {
          out.add(floats(output, (OnnxTensor) result.get(output).orElseThrow()));
        }
        return out;
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
      lent.forEach(buffers::giveBack);
    }
  }

  private static FloatTensor floats(String output, OnnxTensor tensor) throws OrtException {
    FloatBuffer buffer = tensor.getFloatBuffer(); // a copy in the heap
    if (buffer == null) {
      throw new OrtException("the output '%s' is not of floats".formatted(output));
    }
    return new FloatTensor(buffer.array(), tensor.getInfo().getShape());
  }

  private OnnxTensor tensor(String input, Tensor tensor, List<ByteBuffer> lent)
      throws OrtException {
    if (tensor instanceof FloatTensor floats) {
      FloatBuffer values = lend(floats.values().length, Float.BYTES, lent).asFloatBuffer();
      return OnnxTensor.createTensor(
          environment, values.put(floats.values()).flip(), floats.shape());
    }
    LongTensor longs = (LongTensor) tensor;
    int count = longs.values().length;
    if (inputs.containsKey(input) && inputs.get(input).kind() == Kind.INTS) {
      IntBuffer narrow = lend(count, Integer.BYTES, lent).asIntBuffer();
      for (long value : longs.values()) {
        narrow.put(Math.toIntExact(value));
      }
      return OnnxTensor.createTensor(environment, narrow.flip(), longs.shape());
    }
    return OnnxTensor.createTensor(
        environment,
        lend(count, Long.BYTES, lent).asLongBuffer().put(longs.values()).flip(),
        longs.shape());
  }

  /** A buffer for a run, noted among those to give back. */
  private ByteBuffer lend(int count, int bytes, List<ByteBuffer> lent) {
    ByteBuffer buffer = buffers.lend(Math.multiplyExact(count, bytes));
    lent.add(buffer);
    return buffer;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("The model '%s' cannot be closed".formatted(name), e);
    }
  }

  /** Numbers in rows. */
  public sealed interface Tensor permits FloatTensor, LongTensor {}

  /**
   * Floats.
   *
   * @param values row by row; not copied
   * @param shape length of every dimension
   */
  @SuppressWarnings("ArrayRecordComponent") // a view on buffers: copies would cost, nobody compares
  public record FloatTensor(float[] values, long[] shape) implements Tensor {}

  /**
   * Integers.
   *
   * @param values row by row; not copied
   * @param shape length of every dimension
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  public record LongTensor(long[] values, long[] shape) implements Tensor {}
}
