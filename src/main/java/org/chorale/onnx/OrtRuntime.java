package org.chorale.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import org.chorale.model.ModelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime for this process: one thread pool for all sessions, no spinning. ONNX Runtime itself
 * keeps the first environment of the JVM, so the first instance decides the number of threads.
 * Thread-safe.
 */
public final class OrtRuntime {

  private static final Logger LOG = LoggerFactory.getLogger(OrtRuntime.class);

  private final OrtEnvironment environment;
  private final Device device;

  /**
   * A runtime.
   *
   * @param threads threads inside an operator, at least 1
   * @param device where sessions run
   */
  public OrtRuntime(int threads, Device device) {
    this.device = device;
    this.environment = environment(threads);
  }

  private static OrtEnvironment environment(int threads) {
    try {
      OrtEnvironment.ThreadingOptions options = new OrtEnvironment.ThreadingOptions();
      options.setGlobalIntraOpNumThreads(threads);
      options.setGlobalInterOpNumThreads(1);
      options.setGlobalSpinControl(false);
      return OrtEnvironment.getEnvironment(
          OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "chorale", options);
    } catch (OrtException | IllegalStateException e) {
      // A second runtime of the same JVM: the pool is there already.
      return OrtEnvironment.getEnvironment();
    }
  }

  /**
   * Opens a model.
   *
   * @param name how errors call it
   * @param model bytes of the ONNX file
   * @throws ModelException when it is not a model that this runtime can run, or the device that was
   *     asked for is not there
   */
  public OnnxSession open(String name, byte[] model) throws ModelException {
    try (SessionOptions options = options()) {
      OrtSession session = environment.createSession(model, options);
      return new OnnxSession(environment, session, name);
    } catch (OrtException e) {
      throw new ModelException(
          "The model '%s' cannot be run (%s); restore it or name another with --model."
              .formatted(name, firstLine(e.getMessage())),
          e);
    }
  }

  private SessionOptions options() throws OrtException, ModelException {
    SessionOptions options = new SessionOptions();
    options.disablePerSessionThreads();
    options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
    if (device.kind() != Device.Kind.CPU && cudaInJar()) {
      try {
        options.addCUDA(device.index());
        return options;
      } catch (OrtException e) {
        if (device.kind() == Device.Kind.AUTO) {
          LOG.info(
              "No CUDA device can be used ({}); running on the CPU.", firstLine(e.getMessage()));
          return options;
        }
        options.close();
        throw new ModelException(
            "The device cuda:%d cannot be used (%s); use --device cpu."
                .formatted(device.index(), firstLine(e.getMessage())),
            e);
      }
    }
    if (device.kind() == Device.Kind.CUDA) {
      options.close();
      throw new ModelException(
          "This build of ONNX Runtime has no CUDA; use --device cpu, or build with the GPU runtime.");
    }
    return options;
  }

  private static boolean cudaInJar() {
    return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
  }

  private static String firstLine(String text) {
    return text == null ? "no reason given" : text.lines().findFirst().orElse("").strip();
  }
}
