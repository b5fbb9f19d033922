package org.chorale.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.chorale.export.CueBuilder;
import org.chorale.export.Song;
import org.chorale.testing.ToneSpeech;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole jobs on one node, with an aligner that does as it is told. */
class BatchRunTest {

  @TempDir private Path folder;
  private final FakeAligner aligner = new FakeAligner();
  private final List<JobUpdate> updates = new ArrayList<>();
  private String mode = "speech";
  private Path in;
  private Path out;

  @BeforeEach
  void folders() throws IOException {
    in = Files.createDirectory(folder.resolve("in"));
    out = folder.resolve("out");
  }

  private void item(String name, String text) throws IOException {
    float[] samples = new float[8_000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.3 * Math.sin(i * 0.1));
    }
    ToneSpeech.wav(in.resolve(name + ".wav"), samples);
    Files.writeString(in.resolve(name + ".txt"), text + "\n");
  }

  private JobUpdate run(boolean retryFailed, boolean dryRun) throws Exception {
    return run(BatchRun.config(null, out.resolve(".chorale"), dryRun), retryFailed, dryRun);
  }

  private JobUpdate run(Config base, boolean retryFailed, boolean dryRun) throws Exception {
    Config config =
        ConfigFactory.parseString("chorale.batch.retry-after = 20 ms").withFallback(base);
    BatchRun.Request request = request(retryFailed, dryRun);
    BatchRun.Tools tools =
        new BatchRun.Tools(
            aligner,
            (song, audio) -> Map.<String, Song>of("json", song, "srt", song),
            new CueBuilder());
    updates.clear();
    BatchSettings.Node node =
        new BatchSettings.Node(2, 2, Duration.ofSeconds(5), 0, Duration.ofHours(1));
    try (BatchRun run =
        BatchRun.start(
            config,
            request,
            node,
            tools,
            update -> {
              synchronized (updates) {
                updates.add(update);
              }
            })) {
      return run.await();
    }
  }

  private BatchRun.Request request(boolean retryFailed, boolean dryRun) {
    return new BatchRun.Request(
        in.toString(),
        "en",
        mode,
        new ItemFilter(List.of(), List.of(), Set.of(), 0),
        new BatchSettings(
            out.toString(), List.of("json", "srt"), false, 0, false, true, 0.5, "none", "fake"),
        retryFailed,
        dryRun,
        folder.resolve("clips.jsonl").toString(),
        "");
  }

  private static JobSummary summary(JobUpdate update) {
    assertThat(update).isInstanceOf(JobUpdate.Completed.class);
    return ((JobUpdate.Completed) update).summary();
  }

  private Map<String, JsonNode> report() throws IOException {
    Map<String, JsonNode> lines = new HashMap<>();
    for (String line : Files.readAllLines(out.resolve("report.jsonl"))) {
      JsonNode node = new ObjectMapper().readTree(line);
      assertThat(lines.put(node.get("id").asText(), node)).isNull();
    }
    return lines;
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(out)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsLeftOpenIsHeard() throws Exception {
    mode = "auto";
    for (String name : List.of("song", "speech")) {
      item(name, "fine words are spoken here");
      float[] samples = new float[160_000];
      for (int i = name.equals("song") ? 0 : 80_000; i < samples.length; i++) {
        samples[i] = (float) (0.3 * Math.sin(i * 0.1));
      }
      ToneSpeech.wav(in.resolve(name + ".wav"), samples);
    }
    assertThat(summary(run(false, false)).ok()).isEqualTo(2);
    assertThat(aligner.modes).containsExactlyInAnyOrder("lyrics", "speech");
  }

  @Test
  void badItemsNeverStopTheOthers() throws Exception {
    for (int i = 0; i < 12; i++) {
      item("good" + i, "fine words are spoken here");
    }
    item("doubt", "doubt it is");
    item("wrong", "wrong it is");
    item("crash", "crash it does");
    item("hang", "hang it does");
    item("flaky", "flaky it is");
    Files.writeString(in.resolve("noise.mp3"), "this is no recording");
    Files.writeString(in.resolve("noise.txt"), "words");
    Files.createFile(in.resolve("empty.wav"));
    Files.writeString(in.resolve("empty.txt"), "words");
    item("blank", "  ");
    item("single", "x");
    Files.delete(in.resolve("single.txt"));
    JobSummary summary = summary(run(false, false));
    assertThat(summary.total()).isEqualTo(21);
    assertThat(summary.accounted()).isEqualTo(21);
    assertThat(summary.ok()).isEqualTo(13);
    assertThat(summary.doubtful()).isEqualTo(1);
    assertThat(summary.mismatch()).isEqualTo(1);
    assertThat(summary.failed()).isEqualTo(6);
    Map<String, JsonNode> report = report();
    assertThat(report).hasSize(21);
    assertThat(report.get("hang").get("error").asText()).contains("longer than 5 s");
    assertThat(report.get("crash").get("error").asText()).isEqualTo("The search broke.");
    assertThat(report.get("flaky").get("status").asText()).isEqualTo("ok");
    assertThat(report.get("single").get("error").asText()).contains("no text 'single.txt'");
    assertThat(report.get("good0").get("seconds").asDouble()).isEqualTo(0.5);
    assertThat(files())
        .contains("good3.json", "good3.srt", "doubt.json")
        .doesNotContain("wrong.json");
    assertThat(aligner.mostRunning.get()).isLessThanOrEqualTo(3); // two, and the one that hangs
    assertThat(updates.stream().filter(JobUpdate.Ended.class::isInstance)).hasSize(20);
  }

  @Test
  void aSecondRunDoesWhatIsLeft() throws Exception {
    item("a", "some words");
    item("b", "more words");
    item("c", "crash it does");
    assertThat(summary(run(false, false)).ok()).isEqualTo(2);
    int calls = aligner.calls.get();
    String before = Files.readString(out.resolve("report.jsonl"));
    assertThat(summary(run(false, false)).done()).isZero();
    assertThat(aligner.calls.get()).isEqualTo(calls);
    assertThat(out.resolve("report.jsonl")).hasContent(before);

    item("b", "other words"); // changed content
    item("d", "new words"); // new
    Files.setLastModifiedTime(
        in.resolve("a.wav"), java.nio.file.attribute.FileTime.fromMillis(1)); // touched
    JobSummary third = summary(run(false, false));
    assertThat(third.done()).isEqualTo(3);
    assertThat(third.ok()).isEqualTo(3);
    assertThat(aligner.calls.get()).isEqualTo(calls + 2);
    assertThat(Files.readString(out.resolve("b.json"))).contains("other");

    Files.delete(out.resolve("a.json")); // a result that is gone
    assertThat(summary(run(false, false)).done()).isEqualTo(1);
    assertThat(out.resolve("a.json")).exists();
    assertThat(aligner.calls.get()).isEqualTo(calls + 3);

    assertThat(summary(run(true, false)).done()).isEqualTo(1);
    assertThat(aligner.calls.get()).isEqualTo(calls + 4);
  }

  @Test
  void whatAnItemWasBeforeIsTakenAway() throws Exception {
    item("a", "some words");
    run(false, false);
    assertThat(out.resolve("a.json")).exists();
    item("a", "wrong words");
    assertThat(summary(run(false, false)).mismatch()).isEqualTo(1);
    assertThat(out.resolve("a.json")).doesNotExist();
    assertThat(out.resolve("a.srt")).doesNotExist();
  }

  @Test
  void aDryRunTouchesNothing() throws Exception {
    item("a", "some words");
    JobUpdate update = run(false, true);
    assertThat(update).isInstanceOf(JobUpdate.Planned.class);
    assertThat(((JobUpdate.Planned) update).items())
        .extracting(JobPlan.Planned::reason)
        .containsExactly(JobPlan.Reason.NEW);
    assertThat(out).doesNotExist();
    assertThat(aligner.calls.get()).isZero();
  }

  @Test
  void clipsOfAllItemsAreJoinedInOrder() throws Exception {
    item("b", "some words");
    item("a", "more words");
    run(false, false);
    assertThat(Files.readAllLines(folder.resolve("clips.jsonl")))
        .isEmpty(); // half a second is too short for a clip
    assertThat(files()).contains("a.segments.jsonl", "b.segments.jsonl");
  }

  @Test
  void leftoversOfKilledRunsGo() throws Exception {
    item("a", "some words");
    Files.createDirectories(out);
    Files.writeString(out.resolve(".a.json.123.ff.part"), "half");
    run(false, false);
    assertThat(files()).doesNotContain(".a.json.123.ff.part");
  }

  @Test
  void progressIsKeptInPostgreSql() throws Exception {
    item("a", "some words");
    item("b", "crash it does");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      Config config =
          ConfigFactory.parseFile(Path.of("config/postgresql.conf").toFile())
              .withFallback(
                  ConfigFactory.parseString(
                      "CHORALE_DATABASE_URL = \"%s\"\nCHORALE_DATABASE_USER = postgres"
                          .formatted(postgres.getJdbcUrl("postgres", "postgres"))))
              .withFallback(BatchRun.config(null, out.resolve(".chorale"), false))
              .resolve();
      assertThat(summary(run(config, false, false)).ok()).isEqualTo(1);
      int calls = aligner.calls.get();
      assertThat(summary(run(config, false, false)).done()).isZero();
      assertThat(aligner.calls.get()).isEqualTo(calls);
      assertThat(out.resolve(".chorale")).doesNotExist();
    }
  }

  @Test
  void anItemThatEndsTheProcessIsPutAside() throws Exception {
    item("deadly", "some words");
    item("suspect", "some words");
    item("sound", "more words");
    String job = request(false, false).id();
    List<JobActor.Event> killed = new ArrayList<>();
    for (int life = 0; life < 3; life++) {
      killed.add(new JobActor.Started("deadly", false));
      killed.add(new JobActor.Started("deadly", true));
      killed.add(new JobActor.Started("suspect", false));
    }
    JournalWriter.write(BatchRun.config(null, out.resolve(".chorale"), false), job, killed);
    JobSummary summary = summary(run(false, false));
    assertThat(summary.ok()).isEqualTo(2);
    assertThat(summary.failed()).isEqualTo(1);
    assertThat(report().get("deadly").get("error").asText()).contains("ended 3 times");
    assertThat(aligner.calls.get()).isEqualTo(2);
    assertThat(summary(run(true, false)).ok()).isEqualTo(3);
  }

  @Test
  void theConfigurationsThatComeWithItAreWhole() throws Exception {
    for (String name : List.of("cluster", "compose", "kubernetes", "postgresql", "s3")) {
      Config config =
          BatchRun.config(Path.of("config", name + ".conf"), out.resolve(".chorale"), false);
      boolean nodes = Set.of("cluster", "compose", "kubernetes").contains(name);
      assertThat(config.getString("akka.actor.provider")).isEqualTo(nodes ? "cluster" : "local");
      boolean server = Set.of("compose", "kubernetes", "postgresql").contains(name);
      assertThat(config.getString("akka-persistence-jdbc.shared-databases.slick.profile"))
          .contains(server ? "Postgres" : "H2");
      assertThat(BatchRun.node(config, 3, 0).workers()).isEqualTo(3);
    }
  }

  @Test
  void aJournalThatCannotBeWrittenEndsTheRunWithAReason() throws Exception {
    for (int i = 0; i < 8; i++) {
      item("good" + i, "fine words are spoken here");
    }
    Config usual = BatchRun.config(null, out.resolve(".chorale"), false);
    // The database goes away in the middle, as a server does or a disk that is full.
    aligner.afterCalls(
        4,
        () -> {
          while (!anItemEnded()) {
            Thread.sleep(10); // the first of those before it is on its way to the journal
          }
          try (var connection =
                  java.sql.DriverManager.getConnection(
                      usual.getString("akka-persistence-jdbc.shared-databases.slick.db.url"),
                      "sa",
                      "");
              var statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
          }
        });
    JobUpdate update = run(usual, false, false);
    assertThat(update).isInstanceOf(JobUpdate.Broken.class);
    assertThat(((JobUpdate.Broken) update).reason())
        .startsWith("The journal of the job cannot be written (")
        .contains("start the same command again");
    int before = aligner.calls.get();
    JobSummary after = summary(run(false, false));
    assertThat(after.ok()).isEqualTo(8);
    assertThat(aligner.calls.get() - before).isLessThan(8); // some were in the journal
  }

  @Test
  void aFolderWithoutItemsIsAnUnreadableManifest() throws Exception {
    JobUpdate update = run(false, false);
    assertThat(update).isInstanceOf(JobUpdate.Broken.class);
    assertThat(((JobUpdate.Broken) update).manifest()).isTrue();
    assertThat(((JobUpdate.Broken) update).reason()).contains("holds no recording");
  }

  private boolean anItemEnded() {
    synchronized (updates) {
      return updates.stream().anyMatch(JobUpdate.Ended.class::isInstance);
    }
  }

  @Test
  void twoRunsDoNotShareAnOutput() throws Exception {
    item("a", "some words");
    run(false, false);
    // What another process would hold.
    try (var channel =
            java.nio.channels.FileChannel.open(
                out.resolve(".chorale/progress.mv.db"),
                java.nio.file.StandardOpenOption.READ,
                java.nio.file.StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThatThrownBy(() -> run(false, false))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Another chorale batch");
    }
  }
}
