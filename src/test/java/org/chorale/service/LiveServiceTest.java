package org.chorale.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.client.LiveClient;
import org.chorale.export.ExportOptions;
import org.chorale.export.JsonFormat;
import org.chorale.export.Song;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.session.StreamRequest;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The WebSocket, with the models as shipped, over the wire. */
class LiveServiceTest {

  private static final Path FIXTURES = Path.of("audio-fixtures");
  private static final String START =
      """
      {"type":"start","language":"en","text":"Good morning.","encoding":"pcm_s16le","sampleRate":16000,"channels":1}""";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static ModelEngine models;
  private static RunningService service;

  @BeforeAll
  static void start() throws Exception {
    models = new ModelEngine(Path.of("models"), new OrtRuntime(2, Device.cpu()));
    models.load();
    service = RunningService.start(models, "chorale.service.requests-per-minute = 0");
  }

  @AfterAll
  static void stop() {
    service.close();
    models.close();
  }

  private static URI socket(RunningService running) {
    return URI.create(running.address.toString().replaceFirst("http", "ws") + "v1/align");
  }

  /** Sixteen kilohertz, 16 bits, and the same as a WAV file. */
  private record Recording(byte[] samples, Path wav) {

    static Recording of(String name) throws Exception {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (AudioSource source = new AudioFiles().open(FIXTURES.resolve(name).toString())) {
        float[] block = new float[4096];
        int count;
        while ((count = source.read(block, 0, block.length)) >= 0) {
          for (int i = 0; i < count; i++) {
            int sample = Math.round(block[i] * 32767);
            out.write(sample);
            out.write(sample >> 8);
          }
        }
      }
      byte[] samples = out.toByteArray();
      Path wav = Files.createTempFile("chorale", ".wav");
      ByteBuffer header = ByteBuffer.allocate(44).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      header.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + samples.length);
      header.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
      header.putShort((short) 1).putShort((short) 1).putInt(16_000).putInt(32_000);
      header.putShort((short) 2).putShort((short) 16);
      header.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(samples.length);
      Files.write(wav, header.array());
      Files.write(wav, samples, java.nio.file.StandardOpenOption.APPEND);
      return new Recording(samples, wav);
    }
  }

  private static String text(String name) throws Exception {
    return Files.readString(FIXTURES.resolve(name));
  }

  private static LiveClient client(List<JsonNode> events) {
    return new LiveClient(service.client, socket(service), Optional.empty(), 16_000, events::add);
  }

  private static List<JsonNode> ofType(List<JsonNode> events, String type) {
    synchronized (events) {
      return events.stream().filter(e -> e.path("type").asText().equals(type)).toList();
    }
  }

  private static JsonNode offline(Path wav, String text) throws Exception {
    Document document =
        new DocumentReader()
            .parse(
                new org.chorale.text.TextFile("text", org.chorale.text.TextFormat.PLAIN, text),
                "en");
    try (AudioSource source = new AudioFiles().open(wav.toString())) {
      Alignment alignment =
          models.aligner(StreamRequest.Mode.SPEECH).align(source, document, samples -> {});
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      new JsonFormat().write(Song.of(alignment), ExportOptions.standard(), out);
      return JSON.readTree(out.toByteArray());
    }
  }

  private static void checkNumbers(List<JsonNode> events) {
    long before = 0;
    for (JsonNode event : events) {
      if (event.has("seq")) {
        assertThat(event.path("seq").asLong()).isEqualTo(before + 1);
        before++;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {160, 1_000, 6_400, 40_000})
  void anyChunkingGivesTheSameWordsAndTheResultOfAlign(int chunkBytes) throws Exception {
    Recording recording = Recording.of("speech/austen-0870.flac");
    String text = text("speech/austen-0870.txt");
    List<JsonNode> events = Collections.synchronizedList(new ArrayList<>());
    JsonNode done;
    try (LiveClient client = client(events)) {
      client.start(text, "en", "speech");
      for (int at = 0; at < recording.samples().length; at += chunkBytes) {
        int to = Math.min(recording.samples().length, at + chunkBytes);
        client.send(Arrays.copyOfRange(recording.samples(), at, to));
      }
      done = client.finish(PATIENCE);
    }
    checkNumbers(List.copyOf(events));
    JsonNode offline = offline(recording.wav(), text);
    assertThat(done.path("words")).isEqualTo(offline.path("words"));
    assertThat(done.path("confidence")).isEqualTo(offline.path("confidence"));
    List<JsonNode> words = ofType(events, "word");
    assertThat(words).hasSize(22);
    for (int w = 0; w < 22; w++) {
      assertThat(words.get(w).path("index").asInt()).isEqualTo(w);
      assertThat(words.get(w).path("start").asDouble())
          .isCloseTo(
              offline.path("words").path(w).path("start").asDouble(),
              org.assertj.core.api.Assertions.within(0.1));
    }
    assertThat(ofType(events, "ack")).hasSizeBetween(1, 7);
    Files.delete(recording.wav());
  }

  @Test
  void aClientThatComesBackMissesNoWordAndHearsNoneTwice() throws Exception {
    Recording recording = Recording.of("speech/austen-0870.flac");
    String text = text("speech/austen-0870.txt");
    List<JsonNode> events = Collections.synchronizedList(new ArrayList<>());
    JsonNode done;
    try (LiveClient client = client(events)) {
      client.start(text, "en", "speech");
      int block = 1_601; // now and then a sample is cut in two
      for (int at = 0, n = 0; at < recording.samples().length; at += block, n++) {
        int to = Math.min(recording.samples().length, at + block);
        client.send(Arrays.copyOfRange(recording.samples(), at, to));
        if (n % 40 == 39) {
          client.drop();
        }
      }
      done = client.finish(PATIENCE);
      assertThat(client.resumed()).isGreaterThanOrEqualTo(3);
    }
    assertThat(ofType(events, "word"))
        .extracting(e -> e.path("index").asInt())
        .doesNotHaveDuplicates()
        .hasSize(22);
    assertThat(done.path("words")).isEqualTo(offline(recording.wav(), text).path("words"));
    Files.delete(recording.wav());
  }

  @ParameterizedTest
  @CsvSource({"fox.opus", "fox.webm"})
  void opusOfBrowsersIsDecodedAsItComes(String name) throws Exception {
    byte[] bytes = Files.readAllBytes(FIXTURES.resolve("formats").resolve(name));
    Talk talk = Talk.open(service);
    talk.say(
        JSON.createObjectNode()
            .put("type", "start")
            .put("text", text("formats/fox.txt"))
            .put("language", "en")
            .put("encoding", "opus")
            .toString());
    talk.await("ready");
    for (int at = 0; at < bytes.length; at += 1_000) {
      talk.send(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 1_000)));
    }
    talk.say("{\"type\":\"finish\"}");
    JsonNode done = talk.await("done").path("alignment");
    assertThat(done.path("verdict").asText()).isEqualTo("ok");
    assertThat(done.path("words")).hasSize(16);
    assertThat(talk.ofType("word")).hasSize(16);
    assertThat(talk.closed.get(10, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\":\"finish\"}|bad_request|first message",
        "{}|bad_request|'type' is none",
        "not json|bad_request|no JSON",
        "{\"type\":\"finish\"} and more|bad_request|no JSON",
        "[1]|bad_request|JSON object",
        "{\"type\":\"start\"}|bad_request|'text' is missing",
        "{\"type\":\"start\",\"text\":\"a\",\"encoding\":\"mp3\"}|bad_request|'encoding' is none of",
        "{\"type\":\"start\",\"text\":\"a\",\"sampleRate\":1}|bad_request|'sampleRate' is a whole",
        "{\"type\":\"start\",\"text\":\"   \"}|bad_text|no word",
        "{\"type\":\"start\",\"text\":\"ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ\",\"language\":\"en\"}|bad_text|script",
        "{\"type\":\"resume\",\"resumeToken\":\"x\"}|unknown_session|No session waits"
      })
  void whatIsNotInTheProtocolIsAnsweredByAnError(String frame, String code, String message)
      throws Exception {
    Talk talk = Talk.open(service);
    talk.say(frame);
    JsonNode error = talk.await("error");
    assertThat(error.path("code").asText()).isEqualTo(code);
    assertThat(error.path("message").asText()).contains(message);
    assertThat(talk.closed.get(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void seekAndFinalizeAreHeeded() throws Exception {
    Recording recording = Recording.of("speech/austen-0870.flac");
    String text = text("speech/austen-0870.txt");
    Talk talk = Talk.open(service);
    talk.say(
        JSON.createObjectNode()
            .put("type", "start")
            .put("text", "Nobody says this line.\n" + text)
            .put("language", "en")
            .toString());
    talk.await("ready");
    talk.say("{\"type\":\"seek\",\"word\":4}");
    talk.send(Arrays.copyOf(recording.samples(), 3 * 32_000));
    talk.say("{\"type\":\"keepalive\"}");
    talk.say("{\"type\":\"finalize\"}");
    talk.await("word");
    talk.say("{\"type\":\"seek\",\"word\":99}");
    assertThat(talk.await("error").path("message").asText()).contains("word 99 of 26");
    assertThat(talk.closed.get(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(talk.ofType("word"))
        .isNotEmpty()
        .allSatisfy(e -> assertThat(e.path("index").asInt()).isGreaterThanOrEqualTo(4));
    Files.delete(recording.wav());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":\"seek\",\"word\":99}", "{\"type\":\"say\"}", "no JSON"})
  void aMistakeEndsTheSocketAndNotTheSession(String frame) throws Exception {
    Recording recording = Recording.of("speech/austen-0870.flac");
    String text = text("speech/austen-0870.txt");
    Talk talk = Talk.open(service);
    talk.say(JSON.createObjectNode().put("type", "start").put("text", text).toString());
    String token = talk.await("ready").path("resumeToken").asText();
    talk.send(Arrays.copyOf(recording.samples(), 4 * 32_000));
    talk.await("word");
    talk.say(frame);
    assertThat(talk.await("error").path("code").asText()).isEqualTo("bad_request");
    assertThat(talk.closed.get(10, TimeUnit.SECONDS)).isNotNull();

    Talk again = Talk.open(service);
    again.say(
        JSON.createObjectNode()
            .put("type", "resume")
            .put("resumeToken", token)
            .put("lastSeq", 0)
            .toString());
    int from = (int) Math.round(again.await("resumed").path("audioTime").asDouble() * 32_000);
    again.send(Arrays.copyOfRange(recording.samples(), from, recording.samples().length));
    again.say("{\"type\":\"finish\"}");
    JsonNode done = again.await("done").path("alignment");
    assertThat(done.path("words")).isEqualTo(offline(recording.wav(), text).path("words"));
    assertThat(again.ofType("word"))
        .extracting(e -> e.path("index").asInt())
        .doesNotHaveDuplicates()
        .hasSize(22);
    Files.delete(recording.wav());
  }

  @Test
  void audioBehindFinishEndsTheSocketAndTheResultWaits() throws Exception {
    Recording recording = Recording.of("speech/austen-0870.flac");
    Talk talk = Talk.open(service);
    talk.say(
        JSON.createObjectNode()
            .put("type", "start")
            .put("text", text("speech/austen-0870.txt"))
            .toString());
    String token = talk.await("ready").path("resumeToken").asText();
    talk.send(recording.samples());
    talk.say("{\"type\":\"finish\"}");
    talk.send(new byte[320]);
    assertThat(talk.await("error").path("code").asText()).isEqualTo("bad_request");

    Talk again = Talk.open(service);
    again.say(JSON.createObjectNode().put("type", "resume").put("resumeToken", token).toString());
    again.await("resumed");
    again.say("{\"type\":\"finish\"}");
    assertThat(again.await("done").path("alignment").path("verdict").asText()).isEqualTo("ok");
    Files.delete(recording.wav());
  }

  @Test
  void aFullServiceRefusesAndForgetsNobody() throws Exception {
    try (RunningService small =
        RunningService.start(
            models,
            "chorale.session { max-sessions = 2, idle-timeout = 2 s, resume-timeout = 1 s }")) {
      Talk one = Talk.open(small);
      one.say(START);
      one.await("ready");
      Talk two = Talk.open(small);
      two.say(START);
      two.await("ready");
      Talk three = Talk.open(small);
      three.say(START);
      JsonNode error = three.await("error");
      assertThat(error.path("code").asText()).isEqualTo("overloaded");
      assertThat(error.path("retryable").asBoolean()).isTrue();
      // One goes away without a word, the other says nothing: both places become free.
      one.socket.abort();
      assertThat(two.await("error").path("code").asText()).isEqualTo("idle");
      assertThat(sessionsLeft(small, 0)).isZero();
      Talk four = Talk.open(small);
      four.say(START);
      four.await("ready");
    }
  }

  @Test
  void noAudioAndSilenceAreErrors() throws Exception {
    Talk none = Talk.open(service);
    none.say(START);
    none.await("ready");
    none.say("{\"type\":\"finish\"}");
    assertThat(none.await("error").path("code").asText()).isEqualTo("bad_audio");
    Talk silence = Talk.open(service);
    silence.say(START);
    silence.await("ready");
    silence.send(new byte[64_000]);
    silence.say("{\"type\":\"finish\"}");
    JsonNode error = silence.await("error");
    assertThat(error.path("code").asText()).isEqualTo("bad_audio");
    assertThat(error.path("message").asText()).doesNotContain("/tmp", ".wav");
  }

  @Test
  void mutatedFramesLeaveNoSessionBehind() throws Exception {
    try (RunningService fuzzed =
        RunningService.start(
            models,
            "chorale.service.requests-per-minute = 0, chorale.session { resume-timeout = 1 s, idle-timeout = 5 s }")) {
      Random random = new Random(5);
      for (int n = 0; n < 1_000; n++) {
        Talk talk = Talk.open(fuzzed);
        talk.say(n % 3 == 0 ? mutated(START, random) : START);
        for (int k = 0; k < 3; k++) {
          if (random.nextBoolean()) {
            byte[] audio = new byte[random.nextInt(4_000)];
            random.nextBytes(audio);
            talk.send(audio);
          } else {
            String[] frames = {
              "{\"type\":\"seek\",\"word\":1}", "{\"type\":\"finalize\"}", "{\"type\":\"finish\"}"
            };
            talk.say(mutated(frames[random.nextInt(3)], random));
          }
        }
        talk.socket.abort();
      }
      assertThat(sessionsLeft(fuzzed, 0)).isZero();
      Talk alive = Talk.open(fuzzed);
      alive.say(START);
      alive.await("ready");
    }
  }

  private static String mutated(String frame, Random random) {
    StringBuilder out = new StringBuilder(frame);
    for (int k = random.nextInt(4); k >= 0; k--) {
      int at = random.nextInt(out.length());
      switch (random.nextInt(3)) {
        case 0 -> out.deleteCharAt(at);
        case 1 -> out.insert(at, (char) (32 + random.nextInt(0x500)));
        default -> out.setCharAt(at, (char) (32 + random.nextInt(95)));
      }
    }
    return out.toString();
  }

  /** Waits until no more than so many sessions are left. */
  private static int sessionsLeft(RunningService running, int most) throws Exception {
    int left = Integer.MAX_VALUE;
    for (int k = 0; k < 300 && left > most; k++) {
      TimeUnit.MILLISECONDS.sleep(100);
      String metrics = running.get("metrics").body();
      left =
          metrics
              .lines()
              .filter(line -> line.startsWith("chorale_live_sessions "))
              .mapToInt(line -> (int) Double.parseDouble(line.split(" ")[1]))
              .findFirst()
              .orElseThrow();
    }
    return left;
  }

  @Test
  void aTokenIsAskedForBeforeTheSocketOpens() throws Exception {
    try (RunningService guarded =
        RunningService.start(models, "chorale.service.token = \"0123456789abcdef\"")) {
      assertThatThrownBy(() -> Talk.open(guarded)).hasMessageContaining("WebSocket");
      try (LiveClient client =
          new LiveClient(
              guarded.client,
              socket(guarded),
              Optional.of("0123456789abcdef"),
              16_000,
              event -> {})) {
        client.start("Good morning.", "en", "speech");
      }
    }
  }

  /** A socket, spoken to frame by frame. */
  private static final class Talk implements WebSocket.Listener {

    private final List<JsonNode> events = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private WebSocket socket;

    static Talk open(RunningService running) throws Exception {
      Talk talk = new Talk();
      talk.socket =
          running
              .client
              .newWebSocketBuilder()
              .buildAsync(LiveServiceTest.socket(running), talk)
              .get(20, TimeUnit.SECONDS);
      return talk;
    }

    void say(String frame) {
      socket.sendText(frame, true).exceptionally(e -> null).join();
    }

    void send(byte[] bytes) {
      socket.sendBinary(ByteBuffer.wrap(bytes), true).exceptionally(e -> null).join();
    }

    List<JsonNode> ofType(String type) {
      return LiveServiceTest.ofType(events, type);
    }

    JsonNode await(String type) throws InterruptedException {
      for (int k = 0; k < 3_000; k++) {
        List<JsonNode> found = ofType(type);
        if (!found.isEmpty()) {
          return found.get(0);
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
      throw new AssertionError("no '%s' among %s".formatted(type, events));
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          events.add(JSON.readTree(text.toString()));
        } catch (java.io.IOException e) {
          closed.completeExceptionally(e);
        }
        text.setLength(0);
      }
      from.request(1);
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
