package org.chorale.service;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.chorale.model.ModelException;

/**
 * The real server at a port of its own, and a client of the JDK that talks to it. It aligns live
 * where the engine has loaded the models for it.
 */
final class RunningService implements AutoCloseable {

  private static final String BOUNDARY = "----chorale-test-boundary";

  final ActorSystem<Void> system;
  final ServiceMetrics metrics = new ServiceMetrics();
  final Readiness readiness = new Readiness();
  final Spool spool;
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  URI address;

  private RunningService(Config config) throws Exception {
    spool = Spool.in(Optional.empty());
    system = ActorSystem.create(Behaviors.empty(), "test", config);
  }

  /** Starts it on any free port; it speaks where the engine is that of the models. */
  static RunningService start(AlignmentEngine engine, String overrides, ServiceRoute... guarded)
      throws Exception {
    SpeechEngine speech =
        engine instanceof ModelEngine models
            ? models.speech()
            : (request, reference) -> {
              throw new ModelException("There are no models.");
            };
    return start(engine, speech, overrides, guarded);
  }

  /** The same with what speaks. */
  static RunningService start(
      AlignmentEngine engine, SpeechEngine speech, String overrides, ServiceRoute... guarded)
      throws Exception {
    Config config =
        ServiceConfiguration.over(
            ConfigFactory.parseString(overrides)
                .withFallback(ConfigFactory.parseString("chorale.service.port = 0")));
    ServiceSettings settings = ServiceSettings.of(config);
    RunningService service = new RunningService(config);
    ServiceRoutes routes =
        RestService.routes(
            service.system,
            settings,
            Path.of("models"),
            engine,
            service.spool,
            service.readiness,
            service.metrics);
    routes =
        routes.withGuarded(
            SpeechService.start(
                service.system,
                settings,
                speech,
                service.spool,
                service.readiness,
                service.metrics));
    for (ServiceRoute route : guarded) {
      routes = routes.withGuarded(route);
    }
    if (engine instanceof ModelEngine models && models.isLoaded()) {
      routes =
          routes.withGuarded(LiveService.start(service.system, config, models, service.metrics));
    }
    ErrorReplies errors = new ErrorReplies();
    RequestRate rate = new RequestRate(settings.access().requestsPerMinute(), System::nanoTime);
    AccessPolicy access = new AccessPolicy(settings.access(), rate, errors);
    try {
      service.address =
          new ChoraleServer(settings, access, errors, service.readiness, service.metrics)
              .start(service.system, routes)
              .toCompletableFuture()
              .get();
    } catch (SettingsException e) {
      service.close();
      throw e;
    }
    return service;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(120));
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  /** A request to align a recording. */
  HttpRequest align(String audioName, byte[] audio, String text, Map<String, String> fields)
      throws IOException {
    return form("v1/align", "audio", audioName, audio, text, fields);
  }

  /** A form with a recording and a text. */
  HttpRequest form(
      String path,
      String audioField,
      String audioName,
      byte[] audio,
      String text,
      Map<String, String> fields)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (audio != null) {
      part(body, audioField + "\"; filename=\"" + audioName, audio);
    }
    if (text != null) {
      part(body, "text", text.getBytes(StandardCharsets.UTF_8));
    }
    for (Map.Entry<String, String> field : fields.entrySet()) {
      part(body, field.getKey(), field.getValue().getBytes(StandardCharsets.UTF_8));
    }
    body.write(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    return request(path)
        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
        .build();
  }

  private static void part(ByteArrayOutputStream body, String name, byte[] content)
      throws IOException {
    body.write(
        "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n"
            .formatted(BOUNDARY, name)
            .getBytes(StandardCharsets.UTF_8));
    body.write(content);
    body.write("\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** Uploads that wait on the disk. */
  long spooled() throws IOException {
    if (!Files.isDirectory(spool.folder())) {
      return 0;
    }
    try (var files = Files.list(spool.folder())) {
      return files.count();
    }
  }

  @Override
  public void close() {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
    metrics.close();
    spool.close();
  }
}
