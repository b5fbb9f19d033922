package org.chorale.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A loaded model. {@link #run} may be called by several threads at a time; {@link #close} only when
 * no run is under way.
 */
public final class OnnxSession implements AutoCloseable {

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String name;

  OnnxSession(OrtEnvironment environment, OrtSession session, String name) {
    this.environment = environment;
    this.session = session;
    this.name = name;
  }

  /** Names of the model's inputs. */
  public Set<String> inputNames() {
    return session.getInputNames();
  }

  /** Names of the model's outputs. */
  public Set<String> outputNames() {
    return session.getOutputNames();
  }

  /**
   * Runs the model.
   *
   * @param inputs a {@link FloatTensor} or {@link LongTensor} for every input, by name
   * @param output which output to return; it must be of floats
   * @throws IllegalStateException when the model refuses the input
   */
  public FloatTensor run(Map<String, ? extends Tensor> inputs, String output) {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, ? extends Tensor> input : inputs.entrySet()) {
        tensors.put(input.getKey(), tensor(input.getValue()));
      }
      try (OrtSession.Result result = session.run(tensors, Set.of(output))) {
        OnnxTensor tensor = (OnnxTensor) result.get(0);
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return new FloatTensor(values, tensor.getInfo().getShape());
      }
    } catch (OrtException e) {
      throw new IllegalStateException(
          "The model '%s' failed: %s".formatted(name, e.getMessage()), e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(Tensor tensor) throws OrtException {
    if (tensor instanceof FloatTensor floats) {
      return OnnxTensor.createTensor(
          environment, FloatBuffer.wrap(floats.values()), floats.shape());
    }
    LongTensor longs = (LongTensor) tensor;
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(longs.values()), longs.shape());
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
