package org.chorale.session;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.service.ModelEngine;
import org.chorale.service.ServiceConfiguration;
import org.chorale.text.DocumentReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a session takes its client for gone. */
class IdleSessionTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration IDLE = Duration.ofMillis(300);

  @TempDir Path folder;
  private ActorTestKit kit;
  private ModelEngine models;
  private TestProbe<InferenceRouter.Command> router;
  private TestProbe<SessionEvent> client;
  private ActorRef<StreamSession.Command> session;

  @BeforeEach
  void start() throws Exception {
    kit =
        ActorTestKit.create(
            "idle",
            ServiceConfiguration.over(ConfigFactory.parseString("akka.actor.provider = local")));
    models = new ModelEngine(Path.of("models"), new OrtRuntime(1, Device.cpu()));
    models.load();
    router = kit.createTestProbe(InferenceRouter.Command.class);
    client = kit.createTestProbe(SessionEvent.class);
    session = session(ForkJoinPool.commonPool());
    assertThat(client.receiveMessage(PATIENCE)).isInstanceOf(SessionEvent.Ready.class);
  }

  /** A session whose text is read there. */
  private ActorRef<StreamSession.Command> session(Executor offline) throws Exception {
    return kit.spawn(
        StreamSession.create(
            new SessionIdentity(
                "key-of-sixteen-c",
                "name",
                "token",
                "digest",
                kit.createTestProbe(SessionLedger.Overtaken.class).getRef()),
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
            new SessionSurroundings(
                models,
                new SessionSettings(
                    9,
                    9,
                    20,
                    IDLE,
                    PATIENCE,
                    PATIENCE,
                    9_999,
                    9_999,
                    new Recordings(folder, Optional.empty())),
                new DocumentReader(),
                router.getRef(),
                offline,
                offline,
                Optional.empty(),
                SessionMetrics.none())));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    models.close();
  }

  @Test
  void whoSaysNothingIsGone() {
    SessionEvent.Failed failed = client.expectMessageClass(SessionEvent.Failed.class, PATIENCE);
    assertThat(failed.code()).isEqualTo(SessionEvent.Code.IDLE);
  }

  @Test
  void whoWaitsForItsTextToBeReadIsNot() throws Exception {
    client.expectMessageClass(SessionEvent.Failed.class, PATIENCE);
    Deque<Runnable> busy = new ArrayDeque<>();
    session(busy::add);
    client.expectNoMessage(IDLE.multipliedBy(4));
    busy.poll().run();
    client.expectMessageClass(SessionEvent.Ready.class, PATIENCE);
  }

  @Test
  void whoWaitsForAModelThatIsBehindIsNot() {
    TestProbe<StreamSession.Room> room = kit.createTestProbe(StreamSession.Room.class);
    session.tell(new StreamSession.Audio(client.getRef(), new byte[64_000], room.getRef()));
    InferenceRouter.Step step = router.expectMessageClass(InferenceRouter.Step.class, PATIENCE);

    client.expectMessageClass(SessionEvent.Ack.class, PATIENCE);
    client.expectNoMessage(IDLE.multipliedBy(4));

    step.replyTo().tell(new InferenceRouter.Failed(new IllegalStateException("out of order")));
    SessionEvent.Failed failed = client.expectMessageClass(SessionEvent.Failed.class, PATIENCE);
    assertThat(failed.code()).isEqualTo(SessionEvent.Code.INTERNAL);
  }
}
