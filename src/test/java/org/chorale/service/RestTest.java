package org.chorale.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioException;
import org.chorale.engine.AlignmentMode;
import org.chorale.export.TimedFormats;
import org.chorale.model.ModelException;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.text.Document;
import org.chorale.text.TextException;
import org.junit.jupiter.api.Test;

/** The REST interface of the real server, over the wire. */
class RestTest {

  private static final Path AUDIO = Path.of("audio-fixtures/speech/austen-0880.flac");
  private static final byte[] ANY = {1, 2, 3};
  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    return JSON.readTree(response.body());
  }

  private static void assertError(HttpResponse<String> response, int status, String code)
      throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode body = json(response);
    assertThat(body.path("code").asText()).isEqualTo(code);
    assertThat(body.path("message").asText()).isNotBlank().doesNotContain("\n");
  }

  @Test
  void alignsARecordingAsTheCommandLineDoes() throws Exception {
    String text = Files.readString(Path.of("audio-fixtures/speech/austen-0880.txt"));
    byte[] audio = Files.readAllBytes(AUDIO);
    try (ModelEngine engine = new ModelEngine(Path.of("models"), new OrtRuntime(1, Device.cpu()));
        RunningService service = RunningService.start(engine, "")) {
      HttpResponse<String> response =
          service.send(
              service.align("../../etc/austen.flac", audio, text, Map.of("language", "en")));
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      JsonNode alignment = json(response);
      assertThat(alignment.path("version").asInt()).isEqualTo(1);
      assertThat(alignment.path("verdict").asText()).isEqualTo("ok");
      assertThat(alignment.path("audio").path("path").asText()).isEqualTo("austen.flac");
      List<String> words = new ArrayList<>();
      alignment.path("words").forEach(w -> words.add(w.path("text").asText()));
      assertThat(words).containsExactly(text.strip().split("\\s+"));
      assertThat(alignment.path("words").get(0).has("phones")).isFalse();

      HttpResponse<String> subtitles =
          service.send(service.align("a b.flac", audio, text, Map.of("format", "vtt")));
      assertThat(subtitles.headers().firstValue("Content-Type"))
          .hasValue("text/vtt; charset=UTF-8");
      assertThat(subtitles.headers().firstValue("Content-Disposition").orElse(""))
          .contains("filename=\"a b.vtt\"");
      assertThat(subtitles.body()).startsWith("WEBVTT");

      assertError(
          service.send(
              service.align(
                  "a.flac",
                  audio,
                  "Nothing of this was ever said by anybody there, nor will it be, however long the cook and the gardener wait for rain.",
                  Map.of())),
          422,
          "mismatch");
      assertError(service.send(service.align("a.flac", ANY, text, Map.of())), 422, "bad_audio");
      assertError(service.send(service.align("a.flac", audio, "...", Map.of())), 422, "bad_text");
      assertThat(service.spooled()).isZero();
      assertThat(service.get("metrics").body())
          .contains("chorale_align_audio_seconds_total")
          .contains("chorale_http_requests_seconds_count{route=\"/v1/align\",status=\"200\"} 2");

      exportsEverything(service, response.body());
    }
  }

  private static void exportsEverything(RunningService service, String alignment) throws Exception {
    for (String name : TimedFormats.all().names()) {
      HttpResponse<byte[]> exported =
          service.client.send(
              service
                  .request("v1/export?format=" + name)
                  .POST(BodyPublishers.ofString(alignment))
                  .build(),
              BodyHandlers.ofByteArray());
      assertThat(exported.statusCode()).as(name).isEqualTo(200);
      assertThat(exported.body()).as(name).isNotEmpty();
      assertThat(exported.headers().firstValue("Content-Type").orElse(""))
          .as(name)
          .doesNotContain("octet-stream");
    }
  }

  @Test
  void saysWhatIsWrongWithARequest() throws Exception {
    try (RunningService service = RunningService.start(new SilentEngine(), "")) {
      assertError(service.send(service.align("a", null, "words", Map.of())), 400, "bad_request");
      assertError(service.send(service.align("a", ANY, null, Map.of())), 400, "bad_request");
      for (Map<String, String> wrong :
          List.of(
              Map.of("format", "doc"),
              Map.of("mode", "dance"),
              Map.of("language", "/etc/passwd"),
              Map.of("phones", "perhaps"),
              Map.of("minConfidence", "NaN"),
              Map.of("path", "/etc/passwd"))) {
        HttpResponse<String> response = service.send(service.align("a", ANY, "some words", wrong));
        assertError(response, 400, "bad_request");
        assertThat(response.body()).doesNotContain("passwd");
      }
      assertError(
          service.send(service.request("v1/align").POST(BodyPublishers.ofString("x")).build()),
          415,
          "unsupported_type");
      assertError(
          service.send(
              service.request("v1/export?format=srt").POST(BodyPublishers.ofString("{}")).build()),
          422,
          "bad_text");
      assertError(
          service.send(service.request("v1/export").POST(BodyPublishers.ofString("{}")).build()),
          400,
          "bad_request");
      assertError(
          service.send(
              service.request("v1/export?format=x").POST(BodyPublishers.ofString("{}")).build()),
          400,
          "bad_request");
      assertError(service.get("nothing/here"), 404, "not_found");
      assertError(service.get("web/index.html"), 404, "not_found");
      assertError(service.get("..%2f..%2fpom.xml"), 404, "not_found");
      assertError(service.get("v1/export?format=srt"), 405, "method_not_allowed");
      assertThat(service.spooled()).isZero();
    }
  }

  @Test
  void refusesWhatIsTooLarge() throws Exception {
    String small =
        """
        chorale.service.align.max-audio-size = 1000
        chorale.service.align.max-text-size = 100
        chorale.service.export.max-size = 1000
        """;
    try (RunningService service = RunningService.start(new SilentEngine(), small)) {
      assertThat(service.send(service.align("a", new byte[1000], "x y", Map.of())).statusCode())
          .isEqualTo(200);
      assertError(
          service.send(service.align("a", new byte[1001], "x y", Map.of())), 413, "too_large");
      assertError(
          service.send(service.align("a", new byte[10], "word ".repeat(30), Map.of())),
          413,
          "too_large");
      assertError(
          service.send(service.align("a", new byte[1 << 20], "x y", Map.of())), 413, "too_large");
      assertError(
          service.send(
              service
                  .request("v1/export?format=srt")
                  .POST(BodyPublishers.ofString(" ".repeat(2000)))
                  .build()),
          413,
          "too_large");
      assertThat(service.spooled()).isZero();
    }
  }

  /** One runs, one waits, the next is told to come again; places are given back. */
  @Test
  void refusesWhatItCannotHold() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AlignmentEngine slow =
        new SilentEngine() {
          @Override
          public Alignment align(
              Recording recording, Document document, AlignmentMode mode, LongConsumer progress) {
            begun.countDown();
            await(release);
            return super.align(recording, document, mode, progress);
          }
        };
    String narrow =
        "chorale.service.align { max-concurrent = 1, max-waiting = 1, retry-after = 7 s }";
    try (RunningService service = RunningService.start(slow, narrow)) {
      CompletableFuture<Integer> first = status(service);
      await(begun);
      CompletableFuture<Integer> second = status(service);
      while (!service.get("metrics").body().contains("chorale_align_waiting 1.0")) {
        Thread.sleep(20);
      }
      HttpResponse<String> third = service.send(service.align("a", ANY, "x y", Map.of()));
      assertError(third, 503, "overloaded");
      assertThat(third.headers().firstValue("Retry-After")).hasValue("7");
      assertThat(service.get("v1/models").statusCode()).isEqualTo(200);
      release.countDown();
      assertThat(List.of(first.get(), second.get())).containsExactly(200, 200);
      assertThat(service.send(service.align("a", ANY, "x y", Map.of())).statusCode())
          .isEqualTo(200);
      assertThat(service.get("metrics").body())
          .contains("chorale_refused_total{work=\"align\"} 1.0");
      assertThat(service.spooled()).isZero();
    }
  }

  private static CompletableFuture<Integer> status(RunningService service) throws IOException {
    return service
        .client
        .sendAsync(service.align("a", ANY, "x y", Map.of()), BodyHandlers.ofString())
        .thenApply(HttpResponse::statusCode);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Half an upload, then gone: the place and the file are given back. */
  @Test
  void aClientThatGoesAwayLeavesNothingBehind() throws Exception {
    String narrow = "chorale.service.align { max-concurrent = 1, max-waiting = 0 }";
    try (RunningService service = RunningService.start(new SilentEngine(), narrow)) {
      try (Socket socket = new Socket("127.0.0.1", service.address.getPort())) {
        OutputStream out = socket.getOutputStream();
        out.write(
            ("POST /v1/align HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n"
                    + "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
                    + "Content-Disposition: form-data; name=\"audio\"; filename=\"a\"\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(new byte[50_000]);
        out.flush();
        while (service.spooled() == 0) {
          Thread.sleep(20);
        }
      }
      while (service.spooled() > 0) {
        Thread.sleep(20);
      }
      assertThat(service.send(service.align("a", ANY, "x y", Map.of())).statusCode())
          .isEqualTo(200);
    }
  }

  /** An alignment that goes on until its progress is stopped, and counts how it ended. */
  private static final class Decoding extends SilentEngine {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final int rounds;

    Decoding(int rounds) {
      this.rounds = rounds;
    }

    @Override
    public Alignment align(
        Recording recording, Document document, AlignmentMode mode, LongConsumer progress) {
      begun.countDown();
      try {
        for (int k = 0; k < rounds; k++) {
          progress.accept(k);
          TimeUnit.MILLISECONDS.sleep(10);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      } catch (RuntimeException e) {
        stopped.countDown();
        throw e;
      }
      return super.align(recording, document, mode, progress);
    }
  }

  private static Socket posted(RunningService service, String version, String headers)
      throws IOException {
    Socket socket = new Socket("127.0.0.1", service.address.getPort());
    String body =
        "--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"a\"\r\n\r\nx\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nx y\r\n--b--\r\n";
    socket
        .getOutputStream()
        .write(
            ("POST /v1/align HTTP/%s\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n"
                    + "Content-Type: multipart/form-data; boundary=b\r\n%s\r\n%s")
                .formatted(version, body.length(), headers, body)
                .getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return socket;
  }

  /** All of the request has come, and nobody waits for the answer. */
  @Test
  void aClientThatGoesAwayEndsItsAlignment() throws Exception {
    Decoding endless = new Decoding(Integer.MAX_VALUE);
    String narrow = "chorale.service.align { max-concurrent = 1, max-waiting = 0 }";
    try (RunningService service = RunningService.start(endless, narrow)) {
      try (Socket socket = posted(service, "1.1", "")) {
        await(endless.begun);
      }
      await(endless.stopped);
      while (service.spooled() > 0) {
        Thread.sleep(20);
      }
    }
  }

  /** Nothing moves on a connection while a recording is aligned. */
  @Test
  void theIdleTimeoutIsLongerThanAnAlignmentMayTake() throws Exception {
    com.typesafe.config.Config config =
        ServiceConfiguration.over(com.typesafe.config.ConfigFactory.empty());
    ServiceSettings.Align align = ServiceSettings.of(config).align();
    assertThat(config.getDuration("akka.http.server.idle-timeout"))
        .isGreaterThan(align.uploadTimeout().plus(align.timeout()));
  }

  /** The connection ends with the answer, not before it: this client waits. */
  @Test
  void aClientWhoseRequestIsItsLastGetsItsAnswer() throws Exception {
    Decoding slow = new Decoding(100);
    try (RunningService service = RunningService.start(slow, "")) {
      try (Socket last = posted(service, "1.1", "Connection: close\r\n");
          Socket old = posted(service, "1.0", "")) {
        for (Socket socket : List.of(last, old)) {
          assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
              .startsWith("HTTP/1.1 200 OK");
        }
      }
      assertThat(slow.stopped.getCount()).isEqualTo(1);
    }
  }

  @Test
  void errorsDoNotEchoInternals() throws Exception {
    String secret = "/srv/secret/place/model.onnx";
    List<Exception> failures =
        List.of(
            new IllegalStateException("broken at " + secret),
            new IOException(secret),
            new OutOfRoom(secret),
            new ModelException("The model file '" + secret + "' is damaged."),
            new AudioException("'a.wav' cannot be read (" + secret + ")."),
            new TextException("'" + secret + "' is gone."));
    AtomicInteger next = new AtomicInteger();
    AlignmentEngine failing =
        new SilentEngine() {
          @Override
          public Alignment align(
              Recording recording, Document document, AlignmentMode mode, LongConsumer progress) {
            return sneaky(failures.get(next.getAndIncrement()));
          }
        };
    try (RunningService service = RunningService.start(failing, "")) {
      for (int k = 0; k < failures.size(); k++) {
        HttpResponse<String> response = service.send(service.align("a.wav", ANY, "x y", Map.of()));
        assertThat(response.statusCode()).isIn(422, 500, 503);
        assertThat(response.body())
            .doesNotContain(
                "secret", "srv", "Exception", "java", service.spool.folder().toString());
        assertThat(json(response).path("message").asText()).isNotBlank();
      }
      assertThat(service.spooled()).isZero();
    }
  }

  private static final class OutOfRoom extends IOException {
    private static final long serialVersionUID = 1L;

    OutOfRoom(String message) {
      super(message);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T, E extends Exception> T sneaky(Exception failure) throws E {
    throw (E) failure;
  }

  @Test
  void endsRecordingsThatAreTooLong() throws Exception {
    AlignmentEngine decoding =
        new SilentEngine() {
          @Override
          public Alignment align(
              Recording recording, Document document, AlignmentMode mode, LongConsumer progress) {
            progress.accept(16_000L * 10);
            progress.accept(16_000L * 10 + 1);
            return super.align(recording, document, mode, progress);
          }
        };
    try (RunningService service =
        RunningService.start(decoding, "chorale.service.align.max-audio-duration = 10 s")) {
      assertError(service.send(service.align("a", ANY, "x y", Map.of())), 413, "too_large");
    }
  }

  @Test
  void tellsWhatThereIs() throws Exception {
    try (RunningService service = RunningService.start(new SilentEngine(), "")) {
      List<String> models = new ArrayList<>();
      json(service.get("v1/models"))
          .path("models")
          .forEach(m -> models.add(m.path("name").asText()));
      assertThat(models).contains("speech-v1", "g2p-v1");
      List<String> formats = new ArrayList<>();
      json(service.get("v1/formats"))
          .path("formats")
          .forEach(f -> formats.add(f.path("name").asText()));
      assertThat(formats).isEqualTo(TimedFormats.all().names());
      assertThat(service.get("v1/models").body())
          .doesNotContain(Path.of("").toAbsolutePath().toString());
    }
  }

  @Test
  void isReadyUntilItDrains() throws Exception {
    try (RunningService service = RunningService.start(new SilentEngine(), "")) {
      assertThat(service.get("health/ready").statusCode()).isEqualTo(200);
      service.readiness.add("part", () -> false);
      HttpResponse<String> not = service.get("health/ready");
      assertThat(not.statusCode()).isEqualTo(503);
      assertThat(json(not).path("parts").path("part").asBoolean(true)).isFalse();
      service.readiness.add("part", () -> true);
      assertThat(service.get("health/ready").statusCode()).isEqualTo(200);
      service.readiness.drain();
      assertThat(json(service.get("health/ready")).path("status").asText()).isEqualTo("draining");
      assertThat(service.get("health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void runningRequestsEndBeforeTheServerDoes() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AlignmentEngine slow =
        new SilentEngine() {
          @Override
          public Alignment align(
              Recording recording, Document document, AlignmentMode mode, LongConsumer progress) {
            begun.countDown();
            await(release);
            return super.align(recording, document, mode, progress);
          }
        };
    try (RunningService service = RunningService.start(slow, "")) {
      CompletableFuture<Integer> running = status(service);
      await(begun);
      service.system.terminate();
      while (!service.readiness.isDraining()) {
        Thread.sleep(10);
      }
      release.countDown();
      assertThat(running.get(60, TimeUnit.SECONDS)).isEqualTo(200);
      service.system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void browsersAreToldToBeCareful() throws Exception {
    try (RunningService service = RunningService.start(new SilentEngine(), "")) {
      for (String path : List.of("", "v1/formats", "nothing", "health/live")) {
        HttpResponse<String> response = service.get(path);
        assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
            .as(path)
            .contains(
                "default-src 'none'",
                "frame-ancestors 'none'",
                "connect-src 'self' ws://127.0.0.1:%1$d wss://127.0.0.1:%1$d;"
                    .formatted(service.address.getPort()))
            .doesNotContain("unsafe");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(response.headers().firstValue("Server")).isEmpty();
      }
      for (String file : List.of("main.js", "style.css", "capture-worklet.js", "icon.svg")) {
        assertThat(service.get(file).statusCode()).as(file).isEqualTo(200);
      }
      assertThat(service.get("v1/formats").headers().firstValue("Cache-Control"))
          .hasValue("no-store");
      HttpResponse<String> page = service.get("");
      assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-cache");
      assertThat(page.body()).doesNotContain("http:", "https:", "style=", "onclick=", "<script>");
      assertThat(page.body()).doesNotContain("http://", "https://", "style=", "onclick");
      String tag = page.headers().firstValue("ETag").orElseThrow();
      assertThat(service.get("", "If-None-Match", tag).statusCode()).isEqualTo(304);
    }
  }
}
