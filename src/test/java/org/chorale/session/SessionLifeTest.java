package org.chorale.session;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.javadsl.TimerScheduler;
import com.typesafe.config.ConfigFactory;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.chorale.service.ServiceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class SessionLifeTest {

  private static ActorTestKit kit;

  @TempDir Path folder;

  /** Names of the timers' methods, as they are called. */
  private final List<String> timed = new ArrayList<>();

  private final List<String> closed = new ArrayList<>();
  private TestProbe<SessionEvent> client;
  private ClientFeed feed;

  @BeforeAll
  static void start() throws Exception {
    kit =
        ActorTestKit.create(
            "life",
            ServiceConfiguration.over(ConfigFactory.parseString("akka.actor.provider = local")));
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void open() {
    client = kit.createTestProbe(SessionEvent.class);
    feed = new ClientFeed(client.getRef(), 0);
  }

  /** A ledger that may forget the session, or says that another owner has it. */
  private final class Ledger extends UnaskedLedger {

    private final boolean current;

    Ledger(boolean current) {
      this.current = current;
    }

    @Override
    public CompletionStage<Boolean> close(String key, long epoch) {
      closed.add(key + " " + epoch);
      return CompletableFuture.completedFuture(current);
    }
  }

  @SuppressWarnings("unchecked")
  private SessionLife life(Optional<SessionLedger> ledger) {
    TimerScheduler<StreamSession.Command> timers =
        (TimerScheduler<StreamSession.Command>)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {TimerScheduler.class},
                (proxy, method, arguments) -> {
                  timed.add(method.getName() + " " + arguments[0]);
                  return null;
                });
    return new SessionLife(
        timers,
        new Ownership(
            new SessionIdentity("key-of-sixteen-c", "name", "token", "digest", null),
            null,
            Optional.empty()),
        new SessionSurroundings(
            null,
            new SessionSettings(
                9,
                9,
                20,
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                null,
                9,
                9,
                new Recordings(folder, Optional.of(folder))),
            null,
            null,
            null,
            Runnable::run,
            ledger,
            SessionMetrics.none()),
        feed);
  }

  private Path recording() throws Exception {
    return Files.createFile(folder.resolve("chorale-key-of-sixteen-c-1.wav"));
  }

  @Test
  void aClientThatIsGoneIsWaitedFor() {
    SessionLife life = life(Optional.empty());
    life.begin();
    assertThat(life.isOver(SessionLife.Idle.IDLE)).isTrue();
    assertThat(life.detach(new StreamSession.Detach(kit.<SessionEvent>createTestProbe().getRef())))
        .isFalse();
    assertThat(life.detach(new StreamSession.Detach(client.getRef()))).isTrue();
    assertThat(life.isOver(SessionLife.Idle.IDLE)).isFalse();
    assertThat(life.isOver(SessionLife.Idle.NOT_RESUMED)).isTrue();
    life.attach(new StreamSession.Attach(client.getRef(), 0));
    life.maySayNothing();
    assertThat(timed)
        .containsExactly(
            "startSingleTimer IDLE",
            "startSingleTimer NOT_RESUMED",
            "cancel NOT_RESUMED",
            "startSingleTimer IDLE",
            "cancel IDLE");
  }

  @Test
  void aSessionThatCameToItsEndIsForgottenWithItsRecording() throws Exception {
    Path recording = recording();
    SessionLife life = life(Optional.of(new Ledger(true)));
    life.end();
    life.stopped(LoggerFactory.getLogger(getClass()));
    assertThat(closed).containsExactly("key-of-sixteen-c 1");
    assertThat(recording).doesNotExist();
    client.expectNoMessage();
  }

  @Test
  void soIsOneWhoseClientMadeAMistake() throws Exception {
    SessionLife life = life(Optional.of(new Ledger(true)));
    life.fail(SessionEvent.Code.BAD_REQUEST, "What is that?");
    client.expectMessage(
        new SessionEvent.Failed(SessionEvent.Code.BAD_REQUEST, "What is that?", false));
    life.stopped(LoggerFactory.getLogger(getClass()));
    assertThat(closed).hasSize(1);
  }

  @Test
  void oneThatAnotherOwnerHasKeepsItsRecording() throws Exception {
    Path recording = recording();
    SessionLife life = life(Optional.of(new Ledger(false)));
    life.end();
    life.stopped(LoggerFactory.getLogger(getClass()));
    assertThat(recording).exists();
  }

  @Test
  void oneThatIsLeftOrBrokenHereIsLeftToOthers() throws Exception {
    Path recording = recording();
    for (boolean broken : new boolean[] {true, false}) {
      SessionLife life = life(Optional.of(new Ledger(true)));
      if (broken) {
        life.fail(SessionEvent.Failed.internal());
      } else {
        life.leave(new SessionEvent.Moved());
      }
      life.stopped(LoggerFactory.getLogger(getClass()));
    }
    client.expectMessage(SessionEvent.Failed.internal());
    client.expectMessage(new SessionEvent.Moved());
    assertThat(closed).isEmpty();
    assertThat(recording).exists();
  }
}
