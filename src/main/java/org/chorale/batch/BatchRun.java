package org.chorale.batch;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.delivery.ConsumerController;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.SingletonActor;
import akka.management.cluster.bootstrap.ClusterBootstrap;
import akka.management.javadsl.AkkaManagement;
import akka.persistence.typed.internal.JournalFailureException;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.chorale.export.AtomicOutput;
import org.chorale.export.CueShaper;

/**
 * A job on this node: on its own, or as one of a cluster, which the configuration says.
 * Thread-safe.
 */
public final class BatchRun implements AutoCloseable {

  private static final String SYSTEM = "chorale-batch";

  /** Between two askings of the job, while it may move to another node. */
  private static final Duration WATCH_AGAIN = Duration.ofSeconds(2);

  private final ActorSystem<Void> system;
  private final CompletableFuture<JobUpdate> end;

  private BatchRun(ActorSystem<Void> system, CompletableFuture<JobUpdate> end) {
    this.system = system;
    this.end = end;
  }

  /**
   * What to run.
   *
   * @param manifest a file or a folder
   * @param language of items that name none
   * @param mode of items that name none
   * @param filter which items
   * @param settings how they are aligned and written
   * @param retryFailed whether items in quarantine are tried again
   * @param dryRun whether it is only told what would be done
   * @param segments where the clips of all items go; empty for nowhere
   * @param name of the job in the journal; empty for one made of the output folder
   */
  public record Request(
      String manifest,
      String language,
      String mode,
      ItemFilter filter,
      BatchSettings settings,
      boolean retryFailed,
      boolean dryRun,
      String segments,
      String name) {

    /** The name of the job in the journal. */
    String id() {
      if (!name.isEmpty()) {
        return name;
      }
      String output = settings.output();
      String place =
          Storages.isRemote(output) ? output : Path.of(output).toAbsolutePath().toString();
      return Fingerprint.hex(
          Fingerprint.sha256().digest(place.getBytes(StandardCharsets.UTF_8)), 8);
    }
  }

  /**
   * What aligns and shapes.
   *
   * @param aligner models
   * @param songs adds syllables and notes
   * @param cues cuts subtitles
   */
  public record Tools(Aligner aligner, SongMaker songs, CueShaper cues) {}

  /**
   * The configuration of a job.
   *
   * @param file given by the user, or null
   * @param state folder of the embedded database
   * @param dryRun whether a database that is not there is not made
   * @throws IOException when the file cannot be read
   */
  public static Config config(Path file, Path state, boolean dryRun) throws IOException {
    String database = state.toAbsolutePath().resolve("progress").toString().replace(";", "\\;");
    boolean nothingYet = dryRun && !Files.exists(state.resolve("progress.mv.db"));
    String url =
        nothingYet
            ? "mem:dry;DB_CLOSE_DELAY=-1"
            : "file:"
                + database
                + ";FILE_LOCK=FS;WRITE_DELAY=0;CACHE_SIZE=4096;DB_CLOSE_ON_EXIT=FALSE";
    Config user = ConfigFactory.empty();
    if (file != null) {
      if (!Files.isReadable(file)) {
        throw new IOException(
            "The configuration '%s' cannot be read; check its name.".formatted(file));
      }
      user = ConfigFactory.parseFile(file.toFile(), ConfigParseOptions.defaults());
    }
    return ConfigFactory.systemProperties()
        .withFallback(user)
        .withFallback(ConfigFactory.parseMap(Map.of("chorale.batch.journal", url)))
        .withFallback(ConfigFactory.parseResources("chorale-batch.conf"))
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve(ConfigResolveOptions.defaults());
  }

  /**
   * What this node does, as configured.
   *
   * @param config of {@link #config}
   * @param workers items at the same time, 0 for what the configuration says
   * @param timeoutSeconds of a step beside the length of its audio, 0 for what the configuration
   *     says
   */
  public static BatchSettings.Node node(Config config, int workers, double timeoutSeconds) {
    Config batch = config.getConfig("chorale.batch");
    int configured = workers > 0 ? workers : batch.getInt("workers");
    return new BatchSettings.Node(
        configured > 0 ? configured : Runtime.getRuntime().availableProcessors(),
        batch.getInt("prefetch"),
        timeoutSeconds > 0
            ? Duration.ofMillis(Math.round(1000 * timeoutSeconds))
            : batch.getDuration("item-timeout"),
        batch.getDouble("item-timeout-per-audio-second"),
        batch.getDuration("audio-budget"));
  }

  /**
   * Starts.
   *
   * @param listener told what happens, on a thread of the actor system: it must not block
   * @throws IOException when the journal cannot be opened
   */
  public static BatchRun start(
      Config config,
      Request request,
      BatchSettings.Node node,
      Tools tools,
      Consumer<JobUpdate> listener)
      throws IOException {
    ProgressStore database = ProgressStore.of(config);
    boolean cluster = config.getString("akka.actor.provider").equals("cluster");
    if (!cluster) {
      database.prepare(); // an error that the user sees at once
      cleanUp(request);
    }
    CompletableFuture<JobUpdate> end = new CompletableFuture<>();
    Behavior<Void> guardian =
        Behaviors.setup(
            context -> {
              new Wiring(context.getSystem(), request, node, tools, database, cluster)
                  .spawn(context, watcher(listener, end));
              return Behaviors.receive(Void.class)
                  .onSignal(
                      ChildFailed.class,
                      failed -> {
                        end.complete(broken(failed.getCause()));
                        return Behaviors.stopped();
                      })
                  .build();
            });
    ActorSystem<Void> system = ActorSystem.create(guardian, SYSTEM, config);
    system
        .getWhenTerminated()
        .whenComplete(
            (done, error) ->
                end.complete(
                    new JobUpdate.Broken("The job was ended before it was complete.", false)));
    return new BatchRun(system, end);
  }

  /** The job itself failed, not an item of it. */
  private static JobUpdate broken(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String reason = message.lines().findFirst().orElse("");
    return new JobUpdate.Broken(
        error instanceof JournalFailureException
            ? "The journal of the job cannot be written (%s); make room on its disk or start its"
                    .formatted(reason)
                + " database, then start the same command again: what is done is not lost."
            : "The job cannot go on (%s); start the same command again.".formatted(reason),
        false);
  }

  /** The lock of the database is ours: nobody else writes there. */
  private static void cleanUp(Request request) throws IOException {
    String output = request.settings().output();
    if (!request.dryRun() && !Storages.isRemote(output) && Files.isDirectory(Path.of(output))) {
      AtomicOutput.deleteLeftovers(Path.of(output));
    }
  }

  /** Tells the listener, and asks the job again and again, since it may move. */
  private interface Watcher {
    Behavior<JobUpdate> of(ActorRef<JobActor.Command> job);
  }

  private static Watcher watcher(Consumer<JobUpdate> listener, CompletableFuture<JobUpdate> end) {
    return job ->
        Behaviors.setup(
            context -> {
              context
                  .getSystem()
                  .scheduler()
                  .scheduleWithFixedDelay(
                      Duration.ZERO,
                      WATCH_AGAIN,
                      () -> job.tell(new JobActor.Watch(context.getSelf())),
                      context.getExecutionContext());
              return Behaviors.receive(JobUpdate.class)
                  .onMessage(
                      JobUpdate.class,
                      update -> {
                        if (!end.isDone()) {
                          listener.accept(update);
                        }
                        if (update instanceof JobUpdate.Completed
                            || update instanceof JobUpdate.Planned
                            || update instanceof JobUpdate.Broken) {
                          end.complete(update);
                        }
                        return Behaviors.same();
                      })
                  .build();
            });
  }

  /** Who knows whom. */
  private record Wiring(
      ActorSystem<?> system,
      Request request,
      BatchSettings.Node node,
      Tools tools,
      ProgressStore database,
      boolean cluster) {

    void spawn(akka.actor.typed.javadsl.ActorContext<Void> context, Watcher watcher) {
      Config batch = system.settings().config().getConfig("chorale.batch");
      if (cluster && batch.getBoolean("cluster-bootstrap")) {
        AkkaManagement.get(system).start();
        ClusterBootstrap.get(system).start();
      }
      Storage storage = Storages.of(system, batch.getDuration("storage-timeout"));
      String id = request.id();
      // Nodes of other settings do not find each other: their results would differ.
      ServiceKey<ConsumerController.Command<Work>> key =
          ServiceKey.create(
              ConsumerController.serviceKeyClass(),
              "batch-" + id + "-" + request.settings().digest());
      JobActor.Setup setup =
          new JobActor.Setup(
              id,
              request.settings().output(),
              request.retryFailed(),
              retries(batch),
              request.segments(),
              request.dryRun());
      Behavior<JobActor.Command> behavior =
          JobActor.create(setup, database, new FilePlanner(system, request, storage), storage, key);
      ActorRef<JobActor.Command> job = job(context, behavior, id);
      if (!cluster) {
        context.watch(job); // a job that breaks ends the run; in a cluster it is started again
      }
      context.spawn(watcher.of(job), "watcher");
      if (request.dryRun()) {
        return;
      }
      ItemTask task =
          new ItemTask(
              request.settings(),
              storage,
              tools.aligner(),
              tools.songs(),
              tools.cues(),
              (int) node.audioBudget().toSeconds());
      String name = cluster ? Cluster.get(system).selfMember().address().toString() : "local";
      ItemPipeline pipeline = new ItemPipeline(system, task, node, name);
      CoordinatedShutdown.get(system)
          .addTask(
              CoordinatedShutdown.PhaseServiceStop(),
              "stop-pipeline",
              () -> {
                pipeline.close();
                return CompletableFuture.completedFuture(akka.Done.getInstance());
              });
      for (int slot = 0; slot < pipeline.slots(); slot++) {
        context.spawn(ItemWorker.create(pipeline, job, key), "worker-" + slot);
      }
    }

    private ActorRef<JobActor.Command> job(
        akka.actor.typed.javadsl.ActorContext<Void> context,
        Behavior<JobActor.Command> behavior,
        String id) {
      DispatcherSelector blocking = DispatcherSelector.fromConfig("chorale.batch.job-dispatcher");
      if (!cluster) {
        return context.spawn(behavior, "job", blocking);
      }
      Behavior<JobActor.Command> restarted =
          Behaviors.supervise(behavior)
              .onFailure(
                  SupervisorStrategy.restartWithBackoff(
                      Duration.ofSeconds(1), Duration.ofSeconds(20), 0.2));
      return ClusterSingleton.get(system)
          .init(SingletonActor.of(restarted, "job-" + id).withProps(blocking));
    }

    private static BatchSettings.Retries retries(Config batch) {
      return new BatchSettings.Retries(
          batch.getInt("attempts"),
          batch.getDuration("retry-after"),
          batch.getDuration("retry-after-at-most"),
          batch.getInt("deaths"));
    }
  }

  /** Reads the manifest and looks at the files it names. */
  private record FilePlanner(ActorSystem<?> system, Request request, Storage storage)
      implements JobActor.Planner {

    /** Files that are looked at, at the same time: stores far away answer slowly. */
    private static final int PARALLEL = 8;

    private <T> CompletionStage<T> blocking(Callable<T> call) {
      Executor executor = system.dispatchers().lookup(DispatcherSelector.blocking());
      return CompletableFuture.supplyAsync(
          () -> {
            try {
              return call.call();
            } catch (Exception e) {
              throw new CompletionException(e);
            }
          },
          executor);
    }

    @Override
    public CompletionStage<Manifest> manifest() {
      return blocking(
          () ->
              request
                  .filter()
                  .apply(
                      new ManifestReader(storage, request.language(), request.mode())
                          .read(request.manifest())));
    }

    @Override
    public CompletionStage<List<JobPlan.Stamped>> stamped(Manifest manifest) {
      String digest = request.settings().digest();
      List<String> endings =
          OutputNames.of(request.settings()).endings(request.settings().segments());
      return Source.from(manifest.items())
          .mapAsync(PARALLEL, item -> blocking(() -> stamped(item, digest, endings)))
          .runWith(Sink.seq(), system);
    }

    private JobPlan.Stamped stamped(BatchItem item, String digest, List<String> endings) {
      String output = request.settings().output();
      boolean there =
          Storages.isRemote(output)
              || endings.stream()
                  .allMatch(e -> storage.exists(storage.child(output, item.id() + e)));
      return new JobPlan.Stamped(item, Fingerprint.stamp(item, storage, digest), there);
    }
  }

  /**
   * Waits for the end: {@link JobUpdate.Completed}, {@link JobUpdate.Planned} or {@link
   * JobUpdate.Broken}.
   */
  public JobUpdate await() throws InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Stops this node; in a cluster others go on. */
  @Override
  public void close() {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      system.log().warn("The job did not stop in order ({}).", e.toString());
    }
  }
}
