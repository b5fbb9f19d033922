package org.chorale.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.client.LiveClient;
import org.chorale.export.ExportOptions;
import org.chorale.export.JsonFormat;
import org.chorale.export.Song;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.session.StreamRequest;
import org.chorale.session.cluster.SessionCluster;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several nodes on loopback, with the models as shipped: what becomes of sessions when one dies.
 */
class LiveClusterTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int BLOCK_BYTES = 3_200;
  private static final int STREAMS = 4;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static ModelEngine models;
  private static String text;
  private static byte[] samples;
  private static JsonNode offline;

  @TempDir Path shared;

  private final List<RunningService> nodes = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();
  private ExecutorService clients;

  @BeforeAll
  static void load() throws Exception {
    models = new ModelEngine(Path.of("models"), new OrtRuntime(1, Device.cpu()));
    models.load();
    Path folder = Path.of("audio-fixtures/speech");
    text =
        Files.readString(folder.resolve("austen-0870.txt")).strip()
            + "\n"
            + Files.readString(folder.resolve("austen-0880.txt")).strip();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String name : List.of("austen-0870.flac", "austen-0880.flac")) {
      try (AudioSource source = new AudioFiles().open(folder.resolve(name).toString())) {
        float[] block = new float[4096];
        int count;
        while ((count = source.read(block, 0, block.length)) >= 0) {
          for (int i = 0; i < count; i++) {
            int sample = Math.round(block[i] * 32767);
            all.write(sample);
            all.write(sample >> 8);
          }
        }
      }
    }
    samples = all.toByteArray();
    offline = offline();
  }

  /** What 'align' gives for the same samples. */
  private static JsonNode offline() throws Exception {
    Path wav = Files.createTempFile("chorale", ".wav");
    ByteBuffer header = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
    header.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + samples.length);
    header.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    header.putShort((short) 1).putShort((short) 1).putInt(16_000).putInt(32_000);
    header.putShort((short) 2).putShort((short) 16);
    header.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(samples.length);
    Files.write(wav, header.array());
    Files.write(wav, samples, StandardOpenOption.APPEND);
    try (AudioSource source = new AudioFiles().open(wav.toString())) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      new JsonFormat()
          .write(
              Song.of(
                  models
                      .aligner(StreamRequest.Mode.SPEECH)
                      .align(
                          source,
                          new DocumentReader()
                              .parse(new TextFile("text", TextFormat.PLAIN, text), "en"),
                          done -> {})),
              ExportOptions.standard(),
              out);
      return JSON.readTree(out.toByteArray());
    } finally {
      Files.delete(wav);
    }
  }

  @AfterAll
  static void unload() {
    models.close();
  }

  @BeforeEach
  void threads() {
    clients = Executors.newFixedThreadPool(STREAMS);
  }

  @AfterEach
  void stop() {
    clients.shutdownNow();
    nodes.forEach(RunningService::close);
  }

  /** Starts so many nodes, which die without a word when they are closed. */
  private void start(int count, boolean folder, String more) throws Exception {
    List<ServerSocket> taken = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      taken.add(new ServerSocket(0));
    }
    for (ServerSocket socket : taken) {
      ports.add(socket.getLocalPort());
      socket.close();
    }
    for (int port : ports) {
      nodes.add(
          RunningService.start(
              models,
              """
              chorale.service.requests-per-minute = 0
              chorale.session.cluster.folder = "%s"
              akka {
                actor.provider = cluster
                remote.artery.canonical { hostname = "127.0.0.1", port = %d }
                coordinated-shutdown.run-by-actor-system-terminate = off
                cluster {
                  jmx.enabled = off
                  seed-nodes = ["akka://test@127.0.0.1:%d"]
                  failure-detector.acceptable-heartbeat-pause = 3 s
                  downing-provider-class = "akka.cluster.sbr.SplitBrainResolverProvider"
                  split-brain-resolver {
                    active-strategy = %s
                    stable-after = 3 s
                    lease-majority.lease-implementation = "chorale.session.cluster.lease"
                  }
                }
              }
              """
                      .formatted(
                          folder ? shared : "",
                          port,
                          ports.get(0),
                          folder ? "lease-majority" : "keep-majority")
                  + more));
    }
    for (RunningService node : nodes) {
      await(() -> SessionCluster.isMember(node.system));
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    for (int k = 0; k < 600; k++) {
      if (condition.holds()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("it did not come true in a minute");
  }

  private URI socket(int node) {
    return URI.create(nodes.get(node).address.toString().replaceFirst("http", "ws") + "v1/align");
  }

  /** The nodes from one on, and then from the first. */
  private List<URI> sockets(int first) {
    return IntStream.range(0, nodes.size())
        .mapToObj(n -> socket((first + n) % nodes.size()))
        .toList();
  }

  private LiveClient client(int first, List<JsonNode> events) {
    return new LiveClient(
        nodes.get(0).client, sockets(first), Optional.empty(), 16_000, events::add);
  }

  private static List<JsonNode> events() {
    return Collections.synchronizedList(new ArrayList<>());
  }

  private static List<JsonNode> ofType(List<JsonNode> events, String type) {
    synchronized (events) {
      return events.stream().filter(e -> e.path("type").asText().equals(type)).toList();
    }
  }

  private static void send(LiveClient client, int from, int to) throws Exception {
    for (int at = from; at < to; at += BLOCK_BYTES) {
      client.send(Arrays.copyOfRange(samples, at, Math.min(to, at + BLOCK_BYTES)));
      TimeUnit.MILLISECONDS.sleep(40); // two and a half times real time
    }
  }

  /** What one client saw. */
  private record Run(List<JsonNode> events, JsonNode done, int resumed) {}

  private Run speak(int first) throws Exception {
    List<JsonNode> events = events();
    try (LiveClient client = client(first, events)) {
      client.start(text, "en", "speech");
      send(client, 0, samples.length);
      return new Run(events, client.finish(PATIENCE), client.resumed());
    }
  }

  /** Every word once, with numbers that grow; and as the text goes, since it was read like that. */
  private static void checkWords(List<JsonNode> events) {
    List<Integer> indices = new ArrayList<>();
    long before = 0;
    for (JsonNode word : ofType(events, "word")) {
      assertThat(word.path("seq").asLong()).isGreaterThan(before);
      before = word.path("seq").asLong();
      indices.add(word.path("index").asInt());
    }
    assertThat(indices).isEqualTo(IntStream.range(0, 29).boxed().toList());
  }

  private long sessionsOn(int node) throws Exception {
    return nodes
        .get(node)
        .get("metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("chorale_live_sessions "))
        .mapToLong(line -> (long) Double.parseDouble(line.split(" ")[1]))
        .findFirst()
        .orElseThrow();
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(shared)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".wav"))
          .toList();
    }
  }

  /** Speaks over all nodes, kills one half-way, and looks at what everybody heard. */
  private void killUnderLoad(int dying) throws Exception {
    List<Future<Run>> runs = new ArrayList<>();
    for (int s = 0; s < STREAMS; s++) {
      int first = s % 2 == 0 ? dying : s % nodes.size();
      runs.add(clients.submit(() -> speak(first)));
    }
    await(() -> sessionsOn(dying) >= STREAMS / 2 && files().size() == STREAMS);
    TimeUnit.MILLISECONDS.sleep(1_500);
    nodes.get(dying).close();
    int moved = 0;
    Set<Integer> left = new HashSet<>(IntStream.range(0, nodes.size()).boxed().toList());
    left.remove(dying);
    for (Future<Run> future : runs) {
      Run run = future.get(180, TimeUnit.SECONDS);
      moved += run.resumed() > 0 ? 1 : 0;
      checkWords(run.events());
      assertThat(run.done().path("words")).isEqualTo(offline.path("words"));
      assertThat(run.done().path("confidence")).isEqualTo(offline.path("confidence"));
      assertThat(ofType(run.events(), "done").get(0).has("ofEvents")).isFalse();
    }
    assertThat(moved).isGreaterThanOrEqualTo(STREAMS / 2);
    for (int node : left) {
      await(() -> sessionsOn(node) == 0);
    }
    await(() -> files().isEmpty());
  }

  @Test
  void threeNodesOneOfWhichDiesUnderLoad() throws Exception {
    start(3, true, "");
    killUnderLoad(1);
  }

  @Test
  void twoNodesOfWhichTheFirstDiesUnderLoad() throws Exception {
    start(2, true, "");
    killUnderLoad(0);
  }

  @Test
  void withoutASharedFolderTheResultIsOfTheEvents() throws Exception {
    start(3, false, "");
    List<JsonNode> events = events();
    try (LiveClient client = client(1, events)) {
      client.start(text, "en", "speech");
      send(client, 0, samples.length / 2);
      nodes.get(1).close();
      send(client, samples.length / 2, samples.length);
      JsonNode done = client.finish(PATIENCE);
      checkWords(events);
      assertThat(client.resumed()).isGreaterThanOrEqualTo(1);
      assertThat(ofType(events, "done").get(0).path("ofEvents").asBoolean()).isTrue();
      assertThat(done.path("verdict").asText()).isEqualTo("doubtful");
      assertThat(done.path("words")).hasSize(29);
      List<JsonNode> words = ofType(events, "word");
      for (int w = 0; w < 29; w++) {
        assertThat(done.path("words").path(w).path("start")).isEqualTo(words.get(w).path("start"));
        assertThat(done.path("words").path(w).path("status").asText()).isEqualTo("aligned");
      }
    }
  }

  @Test
  void whoComesToAnotherNodeTakesTheSessionAlong() throws Exception {
    start(2, true, "");
    List<JsonNode> there = events();
    List<JsonNode> here = events();
    LiveTalk first = LiveTalk.open(nodes.get(0), there);
    first.say(
        JSON.createObjectNode()
            .put("type", "start")
            .put("text", text)
            .put("language", "en")
            .toString());
    String token = first.await("ready").path("resumeToken").asText();
    int half = samples.length / 2 / 2 * 2;
    first.send(Arrays.copyOf(samples, half));
    await(() -> ofType(there, "word").size() >= 3);
    // What is acknowledged is where the other node finds it.
    await(() -> ofType(there, "ack").stream().anyMatch(a -> a.path("audioTime").asDouble() > 0));
    // A key is no secret: who knows only that gets nothing.
    LiveTalk thief = LiveTalk.open(nodes.get(1), events());
    String wrong = token.charAt(20) == 'A' ? "B" : "A";
    thief.resume(token.substring(0, 20) + wrong + token.substring(21), 0);
    assertThat(thief.await("error").path("code").asText()).isEqualTo("unknown_session");
    LiveTalk stranger = LiveTalk.open(nodes.get(1), events());
    stranger.resume("AAAAAAAAAAAAAAAA." + token.substring(17), 0);
    assertThat(stranger.await("error").path("code").asText()).isEqualTo("unknown_session");
    assertThat(sessionsOn(0)).isEqualTo(1);

    LiveTalk second = LiveTalk.open(nodes.get(1), here);
    second.resume(token, 0);
    double from = second.await("resumed").path("audioTime").asDouble();
    // The old socket is told, and its session is gone.
    assertThat(first.await("error").path("code").asText()).isEqualTo("unknown_session");
    await(() -> sessionsOn(0) == 0);
    assertThat(from).isGreaterThan(0);
    second.send(Arrays.copyOfRange(samples, (int) Math.round(from * 16_000) * 2, samples.length));
    second.say("{\"type\":\"finish\"}");
    JsonNode done = second.await("done").path("alignment");
    assertThat(done.path("words")).isEqualTo(offline.path("words"));
    checkWords(here);
    // What the first socket heard is what the second one heard again.
    List<JsonNode> words = ofType(there, "word");
    assertThat(ofType(here, "word").subList(0, words.size())).isEqualTo(words);
    await(() -> files().isEmpty());
  }

  @Test
  void aNodeThatIsToldToStopLeavesItsSessionsToOthers() throws Exception {
    start(2, true, "akka.coordinated-shutdown.run-by-actor-system-terminate = on");
    List<JsonNode> events = events();
    try (LiveClient client = client(0, events)) {
      client.start(text, "en", "speech");
      send(client, 0, samples.length / 2);
      nodes.get(0).close();
      send(client, samples.length / 2, samples.length);
      JsonNode done = client.finish(PATIENCE);
      checkWords(events);
      assertThat(client.resumed()).isGreaterThanOrEqualTo(1);
      assertThat(ofType(events, "error")).isEmpty();
      assertThat(done.path("words")).isEqualTo(offline.path("words"));
    }
    await(() -> files().isEmpty());
  }
}
