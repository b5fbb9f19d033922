package org.chorale.session;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.service.ModelEngine;
import org.chorale.service.ServiceConfiguration;
import org.chorale.text.DocumentReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that was cut off: what it wants kept is refused, or nobody answers it. */
class StaleOwnerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static ActorTestKit kit;
  private static ModelEngine models;

  @TempDir Path shared;

  @BeforeAll
  static void load() throws Exception {
    kit =
        ActorTestKit.create(
            "stale",
            ServiceConfiguration.over(ConfigFactory.parseString("akka.actor.provider = local")));
    models = new ModelEngine(Path.of("models"), new OrtRuntime(1, Device.cpu()));
    models.load();
  }

  @AfterAll
  static void unload() {
    kit.shutdownTestKit();
    models.close();
  }

  /** A ledger that takes so many words and then answers in another way. */
  private static final class Ledger extends UnaskedLedger {

    private final List<KeptWord> kept = Collections.synchronizedList(new ArrayList<>());
    private final List<String> closed = Collections.synchronizedList(new ArrayList<>());
    private final int most;
    private final CompletionStage<Boolean> then;

    Ledger(int most, CompletionStage<Boolean> then) {
      this.most = most;
      this.then = then;
    }

    @Override
    public CompletionStage<Void> open(
        String key,
        String secretDigest,
        String name,
        StreamRequest request,
        ActorRef<Overtaken> owner) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Boolean> keep(String key, long epoch, Progress progress) {
      if (kept.size() >= most) {
        return then;
      }
      kept.addAll(progress.words());
      return CompletableFuture.completedFuture(true);
    }

    @Override
    public CompletionStage<Optional<Handover>> claim(
        String key, String secretDigest, ActorRef<Overtaken> owner) {
      throw new AssertionError("nobody claims here");
    }

    @Override
    public CompletionStage<Boolean> close(String key, long epoch) {
      closed.add(key);
      return CompletableFuture.completedFuture(true);
    }
  }

  /** Speaks all there is to a session of such a ledger; gives the events up to its end. */
  private List<SessionEvent> speak(Ledger ledger) throws Exception {
    Executor pool = ForkJoinPool.commonPool();
    ActorRef<InferenceRouter.Command> router =
        kit.spawn(
            InferenceRouter.create(models.follower().model(), pool, 1, 8, SessionMetrics.none()));
    SessionSurroundings around =
        new SessionSurroundings(
            models,
            new SessionSettings(
                9,
                9,
                20,
                PATIENCE,
                PATIENCE,
                PATIENCE,
                9_999,
                9_999,
                new Recordings(shared, Optional.of(shared))),
            new DocumentReader(),
            router,
            pool,
            pool,
            Optional.of(ledger),
            SessionMetrics.none());
    TestProbe<SessionEvent> client = kit.createTestProbe(SessionEvent.class);
    TestProbe<SessionLedger.Overtaken> owner = kit.createTestProbe(SessionLedger.Overtaken.class);
    Path speech = Path.of("audio-fixtures/speech/austen-0870.flac");
    ActorRef<StreamSession.Command> session =
        kit.spawn(
            StreamSession.create(
                new SessionIdentity("key-of-sixteen-c", "name", "token", "digest", owner.getRef()),
                new StreamRequest(
                    Files.readString(Path.of("audio-fixtures/speech/austen-0870.txt")),
                    "en",
                    StreamRequest.Mode.SPEECH,
                    StreamRequest.Encoding.PCM_F32LE,
                    16_000,
                    1,
                    StreamRequest.Granularity.WORD,
                    null),
                client.getRef(),
                around));
    List<SessionEvent> events = new ArrayList<>();
    events.add(client.receiveMessage(PATIENCE));
    assertThat(events.get(0)).isInstanceOf(SessionEvent.Ready.class);
    TestProbe<StreamSession.Room> room = kit.createTestProbe(StreamSession.Room.class);
    session.tell(new StreamSession.Audio(client.getRef(), samples(speech), room.getRef()));
    while (!(events.get(events.size() - 1) instanceof SessionEvent.Failed)
        && !(events.get(events.size() - 1) instanceof SessionEvent.Moved)) {
      events.add(client.receiveMessage(PATIENCE));
      session.tell(new StreamSession.Taken(client.getRef()));
    }
    client.expectTerminated(session, PATIENCE);
    return events;
  }

  private static byte[] samples(Path file) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (AudioSource source = new AudioFiles().open(file.toString())) {
      float[] block = new float[4_096];
      int count;
      while ((count = source.read(block, 0, block.length)) >= 0) {
        for (int i = 0; i < count; i++) {
          int bits = Float.floatToIntBits(block[i]);
          for (int shift = 0; shift < 32; shift += 8) {
            out.write(bits >> shift);
          }
        }
      }
    }
    return out.toByteArray();
  }

  private static List<Integer> told(List<SessionEvent> events) {
    return events.stream()
        .filter(SessionEvent.Word.class::isInstance)
        .map(e -> ((SessionEvent.Word) e).index())
        .toList();
  }

  @Test
  void whoIsRefusedStopsAndTellsNothingThatWasNotKept() throws Exception {
    Ledger ledger = new Ledger(5, CompletableFuture.completedFuture(false));
    List<SessionEvent> events = speak(ledger);
    assertThat(told(events))
        .hasSizeGreaterThanOrEqualTo(5)
        .hasSizeLessThan(22)
        .isEqualTo(ledger.kept.stream().map(SessionLedger.KeptWord::index).toList());
    assertThat(((SessionEvent.Failed) events.get(events.size() - 1)).code())
        .isEqualTo(SessionEvent.Code.UNKNOWN_SESSION);
    // The other node has it: nothing is forgotten, no file removed.
    assertThat(ledger.closed).isEmpty();
    try (var files = Files.list(shared)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactly("chorale-key-of-sixteen-c-1.wav");
    }
  }

  @Test
  void whoIsNotAnsweredLeavesTheSessionToOthers() throws Exception {
    Ledger ledger =
        new Ledger(5, CompletableFuture.failedFuture(new IllegalStateException("cut off")));
    List<SessionEvent> events = speak(ledger);
    assertThat(told(events))
        .isEqualTo(ledger.kept.stream().map(SessionLedger.KeptWord::index).toList())
        .hasSizeLessThan(22);
    assertThat(events.get(events.size() - 1)).isInstanceOf(SessionEvent.Moved.class);
    assertThat(ledger.closed).isEmpty();
  }
}
