package org.chorale.cli;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.service.AccessPolicy;
import org.chorale.service.ChoraleServer;
import org.chorale.service.ErrorReplies;
import org.chorale.service.LiveService;
import org.chorale.service.ModelEngine;
import org.chorale.service.Readiness;
import org.chorale.service.RequestRate;
import org.chorale.service.RestService;
import org.chorale.service.ServiceConfiguration;
import org.chorale.service.ServiceMetrics;
import org.chorale.service.ServiceRoutes;
import org.chorale.service.ServiceSettings;
import org.chorale.service.SettingsException;
import org.chorale.service.SpeechService;
import org.chorale.service.Spool;
import org.chorale.session.cluster.SessionCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The service and its web page, until the process is told to stop. */
@Command(
    name = "serve",
    description = "Runs the service: REST, WebSocket and a web page.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The address is told on standard error. docs/service.md has the settings;",
      "at an address that others can reach CHORALE_SERVICE_TOKEN has to be set."
    })
final class ServeCommand implements Callable<Integer> {

  /**
   * Threads inside an operator of a model. Many small requests at a time are served best by one
   * thread each: threads that share the operators of a small batch mostly wait for each other.
   */
  private static final int MODEL_THREADS = 1;

  private static final String SETTINGS = "chorale.service.";

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen at; 127.0.0.1 by default.")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen at; 8080 by default, 0 for any that is free.")
  private Integer port;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in HOCON, JSON or properties; options go before them.")
  private Path config;

  @Mixin private DeviceOption device = new DeviceOption();

  @Option(names = "--verbose", description = "Stack traces on errors.")
  private boolean verbose;

  ServeCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    Device where = device.parse(spec);
    Config all = configuration();
    ServiceSettings settings = settings(all);
    try (ModelEngine engine =
        new ModelEngine(environment.models(), new OrtRuntime(MODEL_THREADS, where))) {
      engine.load();
      return serve(all, settings, engine);
    }
  }

  private Integer serve(Config all, ServiceSettings settings, ModelEngine engine) throws Exception {
    try (Spool spool = spool(settings);
        ServiceMetrics metrics = new ServiceMetrics()) {
      ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "chorale", all);
      try {
        URI address = start(system, all, settings, engine, spool, metrics);
        environment.err().println("chorale: listening at " + address);
        system.getWhenTerminated().toCompletableFuture().join();
        return end(system);
      } finally {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
      }
    }
  }

  /** A node that its cluster gave up must not look as if it had been told to stop. */
  private static Integer end(ActorSystem<Void> system) throws IOException {
    boolean givenUp =
        CoordinatedShutdown.get(system)
            .getShutdownReason()
            .filter(
                List.of(
                        CoordinatedShutdown.clusterDowningReason(),
                        CoordinatedShutdown.clusterJoinUnsuccessfulReason(),
                        CoordinatedShutdown.incompatibleConfigurationDetectedReason())
                    ::contains)
            .isPresent();
    if (givenUp) {
      throw new IOException(
          "This node is none of the cluster, or not any more; see to the network and the addresses of"
              + " the nodes, and start it again.");
    }
    return Main.ALIGNED;
  }

  private URI start(
      ActorSystem<Void> system,
      Config all,
      ServiceSettings settings,
      ModelEngine engine,
      Spool spool,
      ServiceMetrics metrics)
      throws Exception {
    Readiness readiness = new Readiness();
    readiness.add("speech", engine::isLoaded);
    if (SessionCluster.isOn(all)) {
      readiness.add("cluster", () -> SessionCluster.isMember(system));
    }
    ServiceRoutes routes =
        RestService.routes(
                system, settings, environment.models(), engine, spool, readiness, metrics)
            .withGuarded(LiveService.start(system, all, engine, metrics))
            .withGuarded(
                SpeechService.start(system, settings, engine.speech(), spool, readiness, metrics));
    ErrorReplies errors = new ErrorReplies();
    RequestRate rate = new RequestRate(settings.access().requestsPerMinute(), System::nanoTime);
    AccessPolicy access = new AccessPolicy(settings.access(), rate, errors);
    ChoraleServer server = new ChoraleServer(settings, access, errors, readiness, metrics);
    // The process may end before this thread goes on after a signal: what must not stay goes here.
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
            "chorale-spool",
            () -> {
              spool.close();
              return CompletableFuture.completedFuture(Done.getInstance());
            });
    try {
      return server.start(system, routes).toCompletableFuture().join();
    } catch (SettingsException e) {
      throw usage(e.getMessage(), e);
    } catch (CompletionException e) {
      throw usage(
          "Port %d of '%s' cannot be taken; see that nothing else listens there, or use --port 0."
              .formatted(settings.port(), settings.host()),
          e);
    }
  }

  private Spool spool(ServiceSettings settings) {
    try {
      return Spool.in(settings.spoolFolder());
    } catch (SettingsException e) {
      throw usage(e.getMessage(), e);
    }
  }

  private ServiceSettings settings(Config all) {
    try {
      return ServiceSettings.of(all);
    } catch (SettingsException e) {
      throw usage(e.getMessage(), e);
    }
  }

  /** Options go before the file. */
  private Config configuration() {
    Config options = ConfigFactory.empty();
    if (host != null) {
      options = options.withValue(SETTINGS + "host", ConfigValueFactory.fromAnyRef(host));
    }
    if (port != null) {
      options = options.withValue(SETTINGS + "port", ConfigValueFactory.fromAnyRef(port));
    }
    try {
      return ServiceConfiguration.over(options.withFallback(file()));
    } catch (SettingsException e) {
      throw usage(e.getMessage(), e);
    }
  }

  private Config file() {
    if (config == null) {
      return ConfigFactory.empty();
    }
    if (!Files.isReadable(config)) {
      throw usage(
          "There is no configuration '%s' to be read; check the path.".formatted(config), null);
    }
    try {
      return ConfigFactory.parseFile(config.toFile());
    } catch (ConfigException e) {
      throw usage("The configuration cannot be read: %s.".formatted(e.getMessage()), e);
    }
  }

  private ParameterException usage(String message, Throwable cause) {
    return new ParameterException(spec.commandLine(), message, cause);
  }
}
