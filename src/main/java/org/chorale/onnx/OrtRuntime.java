package org.chorale.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.chorale.model.ModelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime for this process: one thread pool for all sessions, no spinning. ONNX Runtime itself
 * keeps the first environment of the JVM, so the first instance decides the number of threads.
 *
 * <p>The device is chosen once, when the first model is opened, by running a tiny model on it: the
 * GPU build of ONNX Runtime lists CUDA as available even where there is no GPU. Where CUDA was not
 * asked for by name, a device that fails costs one line of log, and everything runs on the CPU.
 * Thread-safe.
 */
public final class OrtRuntime {

  private static final Logger LOG = LoggerFactory.getLogger(OrtRuntime.class);

  /** Every run holds the activations of its window. */
  private static final int MOST_RUNS = 2;

  private final OrtEnvironment environment;
  private final int threads;
  private final Device device;
  private ExecutionProvider provider;

  /**
   * A runtime.
   *
   * @param threads threads inside an operator, at least 1
   * @param device where sessions run
   */
  public OrtRuntime(int threads, Device device) {
    this.threads = threads;
    this.device = device;
    this.environment = environment(threads);
  }

  private static OrtEnvironment environment(int threads) {
    try {
      OrtEnvironment.ThreadingOptions options = new OrtEnvironment.ThreadingOptions();
      options.setGlobalIntraOpNumThreads(threads);
      options.setGlobalInterOpNumThreads(1);
      options.setGlobalSpinControl(false);
      // Errors come as exceptions, too: its own lines on standard error would say them twice.
      return OrtEnvironment.getEnvironment(
          OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "chorale", options);
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
    return open(name, false, options -> environment.createSession(model, options));
  }

  /**
   * Opens a model of which several runs shall be under way at a time ({@link
   * OnnxSession#runsAtATime}). Where that keeps all threads busy, an operator has one to itself:
   * runs that share threads wait for them at the end of every operator.
   *
   * @param name how errors call it
   * @param model bytes of the ONNX file
   * @throws ModelException as {@link #open(String, byte[])}
   */
  public OnnxSession openForRuns(String name, byte[] model) throws ModelException {
    return open(name, true, options -> environment.createSession(model, options));
  }

  /**
   * Opens a model where it lies: large ones do not fit into the heap, and may keep their weights in
   * files beside it.
   *
   * @param model the ONNX file
   * @throws ModelException as {@link #open(String, byte[])}
   */
  public OnnxSession open(Path model) throws ModelException {
    return open(
        model.toString(), false, options -> environment.createSession(model.toString(), options));
  }

  /** One of ONNX Runtime's ways to make a session. */
  private interface Opener {
    OrtSession open(SessionOptions options) throws OrtException;
  }

  private OnnxSession open(String name, boolean forRuns, Opener opener) throws ModelException {
    ExecutionProvider chosen = provider();
    int runsAtATime = forRuns && chosen == ExecutionProvider.CPU ? Math.min(threads, MOST_RUNS) : 1;
    try (SessionOptions options = options(chosen, runsAtATime == threads)) {
      return new OnnxSession(
          environment, opener.open(options), name, chosen.batchSize(), runsAtATime);
    } catch (OrtException e) {
      throw new ModelException(
          "The model '%s' cannot be run (%s); restore it or name another with --model."
              .formatted(name, firstLine(e.getMessage())),
          e);
    }
  }

  private SessionOptions options(ExecutionProvider chosen, boolean oneThread) throws OrtException {
    SessionOptions options = new SessionOptions();
    try {
      if (oneThread) {
        options.setIntraOpNumThreads(1);
      } else {
        options.disablePerSessionThreads();
      }
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      if (chosen == ExecutionProvider.CUDA) {
        options.addCUDA(device.index());
      }
      return options;
    } catch (OrtException e) {
      options.close();
      throw e;
    }
  }

  /**
   * Whether models run on a GPU: 8-bit products, quick on processors, are not made there.
   *
   * @throws ModelException when the device that was asked for is not there
   */
  public boolean onGpu() throws ModelException {
    return provider() == ExecutionProvider.CUDA;
  }

  private synchronized ExecutionProvider provider() throws ModelException {
    if (provider == null) {
      provider = choose();
    }
    return provider;
  }

  private ExecutionProvider choose() throws ModelException {
    if (device.kind() == Device.Kind.CPU) {
      return ExecutionProvider.CPU;
    }
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      if (device.kind() == Device.Kind.CUDA) {
        throw new ModelException(
            "This build runs on the CPU only and cannot use cuda:%d; use --device cpu, or build with"
                    .formatted(device.index())
                + " 'mvn -Pgpu package'.");
      }
      LOG.debug("This build runs on the CPU only.");
      return ExecutionProvider.CPU;
    }
    try (SessionOptions options = options(ExecutionProvider.CUDA, false);
        OrtSession probe = environment.createSession(probe(), options)) {
      LOG.debug("Running on cuda:{} ({} input)", device.index(), probe.getNumInputs());
      return ExecutionProvider.CUDA;
    } catch (OrtException | UnsatisfiedLinkError e) {
      if (device.kind() == Device.Kind.CUDA) {
        throw new ModelException(
            "The device cuda:%d cannot be used (%s); use --device cpu, or install the driver, CUDA"
                    .formatted(device.index(), firstLine(e.getMessage()))
                + " 12 and cuDNN 9.",
            e);
      }
      LOG.warn("no CUDA device can be used ({}); running on the CPU", firstLine(e.getMessage()));
      return ExecutionProvider.CPU;
    }
  }

  private static byte[] probe() {
    try (InputStream in = OrtRuntime.class.getResourceAsStream("probe.onnx")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first line of a reason, without the code that ONNX Runtime puts before it. */
  static String firstLine(String text) {
    return text == null
        ? "no reason given"
        : text.lines()
            .findFirst()
            .orElse("")
            .replaceFirst("^Error code - \\w+ - message: ", "")
            .strip();
  }
}
