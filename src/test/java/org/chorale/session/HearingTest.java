package org.chorale.session;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import org.chorale.audio.AudioException;
import org.chorale.engine.TextStream;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.service.ModelEngine;
import org.chorale.service.ServiceConfiguration;
import org.chorale.text.DocumentReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the text to the model: preparation, steps, and who is held back. */
class HearingTest {

  private static final int SECOND = 16_000;
  private static final double BUFFERED_SECONDS = 2;

  private static ActorTestKit kit;
  private static ModelEngine models;

  @TempDir Path folder;
  private TestProbe<InferenceRouter.Command> router;
  private TestProbe<InferenceRouter.Outcome> outcomes;
  private TestProbe<StreamSession.Room> room;
  private AudioIntake intake;
  private TextStream stream;
  private Hearing hearing;

  @BeforeAll
  static void load() throws Exception {
    kit =
        ActorTestKit.create(
            "hearing",
            ServiceConfiguration.over(ConfigFactory.parseString("akka.actor.provider = local")));
    models = new ModelEngine(Path.of("models"), new OrtRuntime(1, Device.cpu()));
    models.load();
  }

  @AfterAll
  static void unload() {
    kit.shutdownTestKit();
    models.close();
  }

  private static StreamRequest request(String text) {
    return new StreamRequest(
        text,
        "en-GB",
        StreamRequest.Mode.SPEECH,
        StreamRequest.Encoding.PCM_S16LE,
        SECOND,
        1,
        StreamRequest.Granularity.WORD,
        null);
  }

  private SessionPreparation.Outcome prepare(
      String text, Optional<SessionLedger.Handover> handover) {
    Ownership ownership =
        new Ownership(
            new SessionIdentity("key-of-sixteen-c", "name", "token", "digest", null),
            request(text),
            handover);
    return new SessionPreparation(
            ownership,
            new SessionSurroundings(
                models,
                new SessionSettings(
                    9,
                    9,
                    BUFFERED_SECONDS,
                    null,
                    null,
                    null,
                    9,
                    9,
                    new Recordings(folder, Optional.of(folder))),
                new DocumentReader(),
                router.getRef(),
                ForkJoinPool.commonPool(),
                ForkJoinPool.commonPool(),
                Optional.empty(),
                SessionMetrics.none()))
        .begin()
        .toCompletableFuture()
        .join();
  }

  @BeforeEach
  void open() throws Exception {
    router = kit.createTestProbe(InferenceRouter.Command.class);
    outcomes = kit.createTestProbe(InferenceRouter.Outcome.class);
    room = kit.createTestProbe(StreamSession.Room.class);
    stream =
        ((SessionPreparation.Prepared) prepare("Good morning, world.", Optional.empty())).stream();
    intake =
        new AudioIntake(
            request("Good morning, world."),
            1,
            new Recordings(folder, Optional.empty())
                .temporary(Recordings.Format.of(request(""), 1)),
            0,
            new AudioIntake.Decoded() {
              @Override
              public void samples(int container, float[] samples) {}

              @Override
              public void ended(int container, AudioException error) {}
            });
    hearing =
        new Hearing(
            intake,
            stream,
            router.getRef(),
            outcomes.getRef(),
            BUFFERED_SECONDS,
            SessionMetrics.none());
  }

  @AfterEach
  void close() {
    intake.close();
  }

  private static byte[] seconds(double seconds) {
    return new byte[2 * (int) (seconds * SECOND)];
  }

  private void answerStep() {
    InferenceRouter.Step step = router.expectMessageClass(InferenceRouter.Step.class);
    hearing.heard(
        new InferenceRouter.Posteriors(
            models
                .follower()
                .model()
                .step(List.of(step.stream()), List.of(step.samples()))
                .get(0)));
    hearing.goOn();
  }

  @Test
  void oneStepIsWithTheModelAtATime() throws Exception {
    hearing.accept(seconds(1));
    router.expectMessageClass(InferenceRouter.Step.class);
    router.expectNoMessage();
    assertThat(hearing.isBusy()).isTrue();
    assertThat(hearing.isDone()).isFalse();
  }

  @Test
  void whatIsAskedForWaitsForTheAudioBeforeIt() throws Exception {
    List<String> done = new ArrayList<>();
    hearing.whenHeard(() -> done.add("at once"));
    assertThat(done).containsExactly("at once");
    hearing.accept(seconds(0.08));
    hearing.whenHeard(() -> done.add("later"));
    assertThat(done).containsExactly("at once");
    while (done.size() < 2) {
      answerStep();
    }
    assertThat(hearing.isBusy()).isFalse();
  }

  @Test
  void whoSendsTooMuchIsHeldBack() throws Exception {
    hearing.accept(seconds(1));
    hearing.awaitRoom(room.getRef());
    room.expectMessage(StreamSession.Room.READY);
    hearing.accept(seconds(2));
    hearing.awaitRoom(room.getRef());
    room.expectNoMessage();
    while (stream.samples() / (double) SECOND - hearing.heardSeconds() >= BUFFERED_SECONDS) {
      answerStep();
    }
    room.expectMessage(StreamSession.Room.READY);
  }

  @Test
  void whoIsHeldBackIsLetGoAtTheEndOrForgotten() throws Exception {
    hearing.accept(seconds(4));
    hearing.awaitRoom(room.getRef());
    hearing.forgetSenders();
    hearing.release();
    room.expectNoMessage();
    hearing.awaitRoom(room.getRef());
    room.expectNoMessage();
    hearing.release();
    room.expectMessage(StreamSession.Room.READY);
  }

  @Test
  void itIsDoneWhenAllWasHeard() throws Exception {
    hearing.accept(seconds(0.5));
    hearing.finish();
    assertThat(hearing.isFinishing()).isTrue();
    while (!hearing.isDone()) {
      answerStep();
    }
    assertThat(hearing.heardSeconds()).isEqualTo(0.5);
    router.expectNoMessage();
  }

  @Test
  void aTextThatCannotBeFollowedIsRefused() {
    for (String text : List.of("", "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ")) {
      SessionPreparation.Outcome outcome = prepare(text, Optional.empty());
      assertThat(((SessionPreparation.NotPrepared) outcome).failure().code())
          .isEqualTo(SessionEvent.Code.BAD_TEXT);
    }
  }

  @Test
  void whatAnotherNodeWroteDownIsHeardAgainIfItIsHere() throws Exception {
    SessionLedger.Handover had =
        new SessionLedger.Handover(
            2,
            "name",
            request("Good morning, world."),
            List.of(new SessionLedger.KeptWord(1, 0, 2, 3, 0.9)),
            List.of(new SessionLedger.Segment(1, 4 * SECOND)),
            1,
            3);
    SessionPreparation.Prepared lost =
        (SessionPreparation.Prepared) prepare("Good morning, world.", Optional.of(had));
    assertThat(lost.whole()).isFalse();
    assertThat(lost.reheard()).isEmpty();
    assertThat(lost.stream().samples()).isEqualTo(4 * SECOND);

    Recordings recordings = new Recordings(folder, Optional.of(folder));
    try (var written =
        recordings.begin("key-of-sixteen-c", 1, Recordings.Format.of(request(""), 1))) {
      written.add(seconds(5));
      written.flush();
      SessionPreparation.Prepared there =
          (SessionPreparation.Prepared) prepare("Good morning, world.", Optional.of(had));
      assertThat(there.whole()).isTrue();
      // From 1.2 s before the end of its last word on, at a whole second, to what was promised.
      assertThat(there.reheard()).hasSize(2 * 3 * SECOND);
      assertThat(there.stream().samples()).isEqualTo(SECOND);
    }
  }
}
