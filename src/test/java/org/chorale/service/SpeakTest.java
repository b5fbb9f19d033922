package org.chorale.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Speech from text over the wire, with the models as shipped where it is listened to. */
class SpeakTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXT =
      "Good morning, everybody. It is 7 o'clock — time to get up! Nobody answered.";
  private static final int HEADER_BYTES = 44;

  private static ModelEngine models;
  private static RunningService service;

  @BeforeAll
  static void start() throws Exception {
    models = new ModelEngine(Path.of("models"), new OrtRuntime(1, Device.cpu()));
    service =
        RunningService.start(
            models,
            """
            chorale.service.requests-per-minute = 0
            chorale.service.speak { max-text-characters = 400, max-json-text-characters = 200 }
            """);
  }

  @AfterAll
  static void stop() {
    service.close();
    models.close();
  }

  private static ObjectNode ask(String text) {
    return JSON.createObjectNode().put("text", text).put("language", "en");
  }

  private static HttpRequest post(RunningService running, JsonNode body) {
    return running
        .request("v1/speak")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.toString()))
        .build();
  }

  private static byte[] sound(ObjectNode body, String contentType) throws Exception {
    HttpResponse<byte[]> response =
        service.client.send(post(service, body), BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue(contentType);
    return response.body();
  }

  private static void assertError(HttpResponse<String> response, int status, String code)
      throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode body = JSON.readTree(response.body());
    assertThat(body.path("code").asText()).isEqualTo(code);
    assertThat(body.path("message").asText()).isNotBlank().doesNotContain("\n");
  }

  private static List<String> texts(JsonNode words) {
    List<String> texts = new ArrayList<>();
    words.forEach(w -> texts.add(w.path("text").asText()));
    return texts;
  }

  private static long decoded(byte[] bytes, String name) throws Exception {
    long count = 0;
    try (AudioSource source = new AudioFiles().open(new ByteArrayInputStream(bytes), name)) {
      float[] block = new float[4096];
      for (int n = 0; (n = source.read(block, 0, block.length)) >= 0; ) {
        count += n;
      }
    }
    return count;
  }

  @Test
  void everyFormatHoldsTheSameSpeechAndTheWordsFillIt() throws Exception {
    JsonNode whole = JSON.readTree(sound(ask(TEXT).put("format", "json"), "application/json"));
    byte[] wav = Base64.getDecoder().decode(whole.path("audio").asText());
    int samples = (wav.length - HEADER_BYTES) / 2;
    assertThat(decoded(wav, "a.wav")).isEqualTo(samples);
    JsonNode alignment = whole.path("alignment");
    assertThat(alignment.path("audio").path("duration").asDouble())
        .isCloseTo(samples / 16_000.0, within(0.001));
    assertThat(texts(alignment.path("words"))).containsExactly(TEXT.split("\\s+"));
    double before = 0;
    for (JsonNode word : alignment.path("words")) {
      assertThat(word.path("start").asDouble()).isGreaterThanOrEqualTo(before);
      before = word.path("end").asDouble();
    }
    assertThat(before).isBetween(samples / 16_000.0 - 1, samples / 16_000.0);

    byte[] streamed = sound(ask(TEXT), "audio/wav");
    assertThat(Arrays.copyOfRange(streamed, HEADER_BYTES, streamed.length))
        .isEqualTo(Arrays.copyOfRange(wav, HEADER_BYTES, wav.length));
    assertThat(ByteBuffer.wrap(streamed).getInt(40)).as("unknown length").isNotEqualTo(0);
    assertThat(decoded(sound(ask(TEXT).put("format", "flac"), "audio/flac"), "a.flac"))
        .isEqualTo(samples);
    assertThat(decoded(sound(ask(TEXT).put("format", "mp3"), "audio/mpeg"), "a.mp3"))
        .isCloseTo(samples, within(1_600L));
    assertThat(decoded(sound(ask(TEXT).put("format", "opus"), "audio/ogg; codecs=opus"), "a.opus"))
        .isCloseTo(samples, within(1_600L));
    assertThat(service.spooled()).isZero();
    assertThat(service.get("metrics").body())
        .contains(
            "chorale_speak_audio_seconds_total",
            "chorale_http_requests_seconds_count{route=\"/v1/speak\",status=\"200\"}");
  }

  @Test
  void theRateAndTheVoiceAreHeeded() throws Exception {
    int plain = sound(ask("Good morning, everybody."), "audio/wav").length;
    int slow = sound(ask("Good morning, everybody.").put("rate", 0.6), "audio/wav").length;
    assertThat(slow).isGreaterThan(plain * 13 / 10);
    byte[] other =
        sound(
            ask("Good morning, everybody.").put("voice", "lj").put("method", "transducer"),
            "audio/wav");
    assertThat(other).hasSizeGreaterThan(16_000);
  }

  @Test
  void aVoiceIsTakenFromARecording() throws Exception {
    byte[] reference = Files.readAllBytes(Path.of("audio-fixtures/speech/austen-0870.flac"));
    HttpResponse<String> response =
        service.send(
            service.form(
                "v1/speak",
                "reference",
                "her.flac",
                reference,
                "Good morning.",
                Map.of("format", "json", "language", "en")));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode spoken = JSON.readTree(response.body());
    assertThat(texts(spoken.path("alignment").path("words"))).containsExactly("Good", "morning.");
    assertError(
        service.send(
            service.form(
                "v1/speak", "reference", "x", new byte[] {1, 2}, "Good morning.", Map.of())),
        422,
        "bad_audio");
    assertError(
        service.send(
            service.form("v1/speak", "reference", "x", reference, "Good.", Map.of("voice", "lj"))),
        400,
        "bad_request");
    assertThat(service.spooled()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json|400|bad_request",
        "[1]|400|bad_request",
        "{}|400|bad_request",
        "{\"text\":5}|400|bad_request",
        "{\"text\":\"a\",\"voice\":\"/etc/passwd\"}|400|bad_request",
        "{\"text\":\"a\",\"voice\":[]}|400|bad_request",
        "{\"text\":\"a\",\"rate\":9}|400|bad_request",
        "{\"text\":\"a\",\"rate\":\"NaN\"}|400|bad_request",
        "{\"text\":\"a\",\"method\":\"magic\"}|400|bad_request",
        "{\"text\":\"a\",\"seed\":0.5}|400|bad_request",
        "{\"text\":\"a\",\"format\":\"doc\"}|400|bad_request",
        "{\"text\":\"a\",\"language\":\"../x\"}|400|bad_request",
        "{\"text\":\"a\",\"path\":\"/etc/passwd\"}|400|bad_request",
        "{\"text\":\"--- ...\"}|422|bad_text",
        "{\"text\":\"ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ\",\"language\":\"en\"}|422|bad_text"
      })
  void saysWhatIsWrongWithARequest(String body, int status, String code) throws Exception {
    HttpRequest request =
        service
            .request("v1/speak")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = service.send(request);
    assertError(response, status, code);
    assertThat(response.body()).doesNotContain("passwd");
  }

  @Test
  void refusesWhatIsTooLongAndWhatItCannotRead() throws Exception {
    assertError(service.send(post(service, ask("word ".repeat(81)))), 413, "too_large");
    assertError(
        service.send(post(service, ask("word ".repeat(41)).put("format", "json"))),
        413,
        "too_large");
    assertError(service.send(post(service, ask("x".repeat(100_000)))), 413, "too_large");
    assertError(
        service.send(service.request("v1/speak").POST(BodyPublishers.ofString("hello")).build()),
        415,
        "unsupported_type");
    assertError(service.get("v1/speak"), 405, "method_not_allowed");
  }

  /** Words come before their sound, and what comes is what POST gives. */
  @Test
  void wordsComeAheadOfTheirSound() throws Exception {
    Talk talk = Talk.open(service, Long.MAX_VALUE);
    talk.say(ask(TEXT).put("type", "speak"));
    JsonNode done = talk.await("done").path("alignment");
    assertThat(talk.closed.get(20, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
    JsonNode ready = talk.frames.get(0).json();
    assertThat(ready.path("type").asText()).isEqualTo("ready");
    assertThat(ready.path("sampleRate").asInt()).isEqualTo(16_000);
    assertThat(ready.path("encoding").asText()).isEqualTo("pcm_s16le");
    assertThat(ready.path("voice").asText()).isEqualTo("cathy");
    double heard = 0;
    int seq = 0;
    int sounds = 0;
    for (Frame frame : talk.frames.subList(1, talk.frames.size() - 1)) {
      if (frame.json() == null) {
        heard += frame.sound().length / 32_000.0;
        sounds++;
      } else {
        assertThat(frame.json().path("type").asText()).isEqualTo("word");
        assertThat(frame.json().path("seq").asInt()).isEqualTo(++seq);
        assertThat(frame.json().path("start").asDouble()).isGreaterThanOrEqualTo(heard - 0.001);
        JsonNode aligned = done.path("words").path(frame.json().path("index").asInt());
        assertThat(frame.json().path("text")).isEqualTo(aligned.path("text"));
        assertThat(frame.json().path("start").asDouble())
            .isCloseTo(aligned.path("start").asDouble(), within(0.0011));
        assertThat(frame.json().path("end").asDouble())
            .isCloseTo(aligned.path("end").asDouble(), within(0.0011));
      }
    }
    assertThat(sounds).isGreaterThan(3);
    assertThat(texts(done.path("words"))).containsExactly(TEXT.split("\\s+"));
    // The dash is not spoken: it has no event.
    assertThat(seq).isEqualTo(TEXT.split("\\s+").length - 1);
    assertThat(done.path("audio").path("duration").asDouble()).isCloseTo(heard, within(0.001));
    byte[] posted = sound(ask(TEXT), "audio/wav");
    assertThat(talk.sound()).isEqualTo(Arrays.copyOfRange(posted, HEADER_BYTES, posted.length));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json|bad_request|no JSON",
        "{}|bad_request|'speak'",
        "{\"type\":\"cancel\"}|bad_request|'speak'",
        "{\"type\":\"speak\"}|bad_request|'text' is missing",
        "{\"type\":\"speak\",\"text\":\"a\",\"voice\":\"nobody\"}|bad_request|cathy",
        "{\"type\":\"speak\",\"text\":\"a\",\"rate\":0}|bad_request|'rate'",
        "{\"type\":\"speak\",\"text\":\"   \"}|bad_text|no word",
        "{\"type\":\"speak\",\"text\":\"ᏣᎳᎩ\",\"language\":\"en\"}|bad_text|script"
      })
  void whatIsNotInTheProtocolIsAnsweredByAnError(String frame, String code, String message)
      throws Exception {
    Talk talk = Talk.open(service, Long.MAX_VALUE);
    talk.say(frame);
    JsonNode error = talk.await("error");
    assertThat(error.path("code").asText()).isEqualTo(code);
    assertThat(error.path("message").asText()).contains(message);
    assertThat(error.path("retryable").asBoolean()).isFalse();
    assertThat(talk.closed.get(20, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
    assertThat(inside(service, 0)).isZero();
  }

  @Test
  void aTextThatIsTooLongAndSoundAreErrors() throws Exception {
    Talk talk = Talk.open(service, Long.MAX_VALUE);
    talk.say(ask("word ".repeat(81)).put("type", "speak"));
    assertThat(talk.await("error").path("code").asText()).isEqualTo("too_large");
    Talk loud = Talk.open(service, Long.MAX_VALUE);
    loud.socket.sendBinary(ByteBuffer.allocate(100_000), true).exceptionally(e -> null).join();
    assertThat(loud.await("error").path("message").asText()).contains("no audio");
    Talk huge = Talk.open(service, Long.MAX_VALUE);
    huge.say("x".repeat(10_000));
    assertThat(huge.await("error").path("message").asText()).contains("at most");
  }

  /**
   * A client that reads nothing is not spoken for; one that cancels or goes gives its place back.
   */
  @Test
  void nothingIsSpokenAheadOfTheSocket() throws Exception {
    EndlessSpeech endless = new EndlessSpeech();
    String narrow =
        "chorale.service.speak { max-concurrent = 1, max-waiting = 0, retry-after = 7 s }";
    try (RunningService full = RunningService.start(new SilentEngine(), endless, narrow)) {
      Talk talk = Talk.open(full, 1);
      talk.say(ask("Round and round.").put("type", "speak"));
      talk.await("ready");
      int made = settled(endless.pieces);
      // 2 MB each: what the buffers of two sockets hold, and no more.
      assertThat(made).isBetween(1, 16);

      HttpResponse<String> refused = full.send(post(full, ask("Good morning.")));
      assertError(refused, 503, "overloaded");
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("7");
      Talk second = Talk.open(full, Long.MAX_VALUE);
      second.say(ask("Good morning.").put("type", "speak"));
      JsonNode error = second.await("error");
      assertThat(error.path("code").asText()).isEqualTo("overloaded");
      assertThat(error.path("retryable").asBoolean()).isTrue();
      assertThat(full.get("metrics").body()).contains("chorale_refused_total{work=\"speak\"} 2.0");

      talk.say("{\"type\":\"cancel\"}");
      talk.socket.request(Long.MAX_VALUE);
      talk.await("cancelled");
      assertThat(talk.closed.get(20, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
      assertThat(inside(full, 0)).isZero();

      Talk third = Talk.open(full, 1);
      third.say(ask("Round and round.").put("type", "speak"));
      third.await("ready");
      third.say("{\"type\":\"speak\",\"text\":\"once more\"}");
      third.socket.request(Long.MAX_VALUE);
      assertThat(third.await("error").path("message").asText()).contains("one text");

      assertThat(inside(full, 0)).isZero();
      Talk fourth = Talk.open(full, 1);
      fourth.say(ask("Round and round.").put("type", "speak"));
      fourth.await("ready");
      fourth.socket.abort();
      assertThat(inside(full, 0)).isZero();
      int end = settled(endless.pieces);
      TimeUnit.MILLISECONDS.sleep(300);
      assertThat(endless.pieces).hasValue(end);
    }
  }

  /** Before the answer begins (flac is made whole) as well as while it is sent. */
  @ParameterizedTest
  @ValueSource(strings = {"wav", "flac", "json"})
  void aClientThatGoesAwayEndsTheWork(String format) throws Exception {
    EndlessSpeech endless = new EndlessSpeech();
    String narrow = "chorale.service.speak { max-concurrent = 1, max-waiting = 0 }";
    try (RunningService full = RunningService.start(new SilentEngine(), endless, narrow)) {
      byte[] body = ask("Round.").put("format", format).toString().getBytes(StandardCharsets.UTF_8);
      try (Socket socket = new Socket("127.0.0.1", full.address.getPort())) {
        socket
            .getOutputStream()
            .write(
                ("POST /v1/speak HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n"
                        + "Content-Type: application/json\r\n\r\n")
                    .formatted(body.length)
                    .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        while (endless.pieces.get() < 2) {
          TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(inside(full, 1)).isEqualTo(1);
      }
      assertThat(inside(full, 0)).isZero();
      int end = settled(endless.pieces);
      TimeUnit.MILLISECONDS.sleep(300);
      assertThat(endless.pieces).hasValue(end);
      assertThat(full.spooled()).isZero();
    }
  }

  @Test
  void aClientThatTakesNothingIsCutOff() throws Exception {
    EndlessSpeech endless = new EndlessSpeech();
    String impatient =
        "chorale.service.speak { max-concurrent = 1, max-waiting = 0, stall-timeout = 1 s }";
    try (RunningService full = RunningService.start(new SilentEngine(), endless, impatient)) {
      Talk talk = Talk.open(full, 1);
      talk.say(ask("Round and round.").put("type", "speak"));
      talk.await("ready");
      assertThat(inside(full, 0)).isZero();
      HttpResponse<java.io.InputStream> answer = null;
      // Between two pieces nothing runs, and the place is taken all the same.
      for (int k = 0; k < 100 && (answer == null || answer.statusCode() == 503); k++) {
        TimeUnit.MILLISECONDS.sleep(50);
        answer = full.client.send(post(full, ask("Round.")), BodyHandlers.ofInputStream());
      }
      HttpResponse<java.io.InputStream> unread = answer;
      assertThat(unread.statusCode()).isEqualTo(200);
      settled(endless.pieces);
      TimeUnit.SECONDS.sleep(2); // longer than it may stall
      assertThat(inside(full, 0)).isZero();
      // What was on its way is still read; it ends, and not as an answer should.
      assertThatThrownBy(() -> unread.body().readNBytes(100 << 20)).isInstanceOf(IOException.class);
      int end = settled(endless.pieces);
      TimeUnit.MILLISECONDS.sleep(300);
      assertThat(endless.pieces).hasValue(end);
    }
  }

  @Test
  void aTokenIsAskedForBeforeTheSocketOpens() throws Exception {
    try (RunningService guarded =
        RunningService.start(new SilentEngine(), "chorale.service.token = \"0123456789abcdef\"")) {
      assertThatThrownBy(() -> Talk.open(guarded, 1)).hasMessageContaining("WebSocket");
      assertError(guarded.send(post(guarded, ask("Good morning."))), 401, "unauthorized");
    }
  }

  @Test
  void aTextIsSpokenToItsEndBeforeTheServerStops() throws Exception {
    try (RunningService leaving = RunningService.start(models, "")) {
      Talk early = Talk.open(leaving, Long.MAX_VALUE);
      Talk talk = Talk.open(leaving, 1);
      talk.say(ask(TEXT).put("type", "speak"));
      talk.await("ready");
      leaving.system.terminate();
      while (!leaving.readiness.isDraining()) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      early.say(ask(TEXT).put("type", "speak"));
      assertThat(early.await("error").path("code").asText()).isEqualTo("overloaded");
      talk.socket.request(Long.MAX_VALUE);
      assertThat(texts(talk.await("done").path("alignment").path("words")))
          .hasSize(TEXT.split("\\s+").length);
      assertThat(talk.closed.get(20, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
    }
  }

  /**
   * Waits for so many texts under way: the two gauges are read one after the other, not at once.
   */
  private static int inside(RunningService running, int expected) throws Exception {
    int inside = -1;
    for (int k = 0; k < 200 && inside != expected; k++) {
      inside =
          running
              .get("metrics")
              .body()
              .lines()
              .filter(line -> line.matches("chorale_speak_(running|waiting) .*"))
              .mapToInt(line -> (int) Double.parseDouble(line.split(" ")[1]))
              .sum();
      if (inside != expected) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    return inside;
  }

  /** Waits until a number stays as it is for a second. */
  private static int settled(AtomicInteger number) throws InterruptedException {
    int before = -1;
    while (before != number.get() || before == 0) {
      before = number.get();
      TimeUnit.SECONDS.sleep(1);
    }
    return before;
  }

  /** A frame of the server: JSON, or sound. */
  private record Frame(JsonNode json, byte[] sound) {}

  /** A socket, spoken to frame by frame. */
  private static final class Talk implements WebSocket.Listener {

    private final List<Frame> frames = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    private final long wanted;
    private WebSocket socket;

    private Talk(long wanted) {
      this.wanted = wanted;
    }

    /** Opens one that reads so many parts of frames, and more when it is asked to. */
    static Talk open(RunningService running, long wanted) throws Exception {
      Talk talk = new Talk(wanted);
      URI address = URI.create(running.address.toString().replaceFirst("http", "ws") + "v1/speak");
      talk.socket =
          running.client.newWebSocketBuilder().buildAsync(address, talk).get(20, TimeUnit.SECONDS);
      return talk;
    }

    void say(JsonNode frame) {
      say(frame.toString());
    }

    void say(String frame) {
      socket.sendText(frame, true).exceptionally(e -> null).join();
    }

    JsonNode await(String type) throws InterruptedException {
      for (int k = 0; k < 6_000; k++) {
        synchronized (frames) {
          for (Frame frame : frames) {
            if (frame.json() != null && frame.json().path("type").asText().equals(type)) {
              return frame.json();
            }
          }
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
      throw new AssertionError("no '%s' among %d frames".formatted(type, frames.size()));
    }

    byte[] sound() {
      java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
      synchronized (frames) {
        frames.stream().filter(f -> f.json() == null).forEach(f -> all.writeBytes(f.sound()));
      }
      return all.toByteArray();
    }

    @Override
    public void onOpen(WebSocket from) {
      from.request(wanted);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          frames.add(new Frame(JSON.readTree(text.toString()), null));
        } catch (IOException e) {
          closed.completeExceptionally(e);
        }
        text.setLength(0);
      }
      return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      byte[] part = new byte[data.remaining()];
      data.get(part);
      bytes.writeBytes(part);
      if (last) {
        frames.add(new Frame(null, bytes.toByteArray()));
        bytes.reset();
      }
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      closed.complete(status);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closed.complete(-1);
    }
  }
}
