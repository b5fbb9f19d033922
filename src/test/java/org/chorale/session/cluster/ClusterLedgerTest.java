package org.chorale.session.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.chorale.service.ServiceConfiguration;
import org.chorale.session.SessionLedger.Handover;
import org.chorale.session.SessionLedger.KeptWord;
import org.chorale.session.SessionLedger.Overtaken;
import org.chorale.session.SessionLedger.Progress;
import org.chorale.session.SessionLedger.Segment;
import org.chorale.session.StreamRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is kept of sessions, by two nodes that talk over loopback. */
class ClusterLedgerTest {

  private static final Duration SILENCE = Duration.ofSeconds(4);

  private static ActorTestKit one;
  private static ActorTestKit other;
  private static ClusterLedger here;
  private static ClusterLedger there;

  @BeforeAll
  static void start() throws Exception {
    Config config =
        ServiceConfiguration.over(
            ConfigFactory.parseString(
                """
                akka.actor.provider = cluster
                akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                akka.cluster { jmx.enabled = off, seed-nodes = [] }
                """));
    one = ActorTestKit.create("test", config);
    other = ActorTestKit.create("test", config);
    for (ActorTestKit node : List.of(one, other)) {
      Cluster.get(node.system())
          .manager()
          .tell(Join.create(Cluster.get(one.system()).selfMember().address()));
    }
    ClusterLedger.Settings settings =
        new ClusterLedger.Settings(
            Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(30), SILENCE);
    here = ClusterLedger.start(one.system(), settings);
    there = ClusterLedger.start(other.system(), settings);
    for (ActorTestKit node : List.of(one, other)) {
      for (int k = 0; k < 300 && !isUp(node); k++) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      assertThat(isUp(node)).isTrue();
    }
  }

  private static boolean isUp(ActorTestKit node) {
    return Cluster.get(node.system()).selfMember().status().equals(MemberStatus.up());
  }

  @AfterAll
  static void stop() {
    other.shutdownTestKit();
    one.shutdownTestKit();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static StreamRequest request(String text) {
    return new StreamRequest(
        text,
        "en",
        StreamRequest.Mode.LYRICS,
        StreamRequest.Encoding.PCM_F32LE,
        44_100,
        2,
        StreamRequest.Granularity.PHONE,
        null);
  }

  private static KeptWord word(long seq) {
    return new KeptWord(seq, (int) seq - 1, seq / 2.0, seq / 2.0 + 0.25, 0.75);
  }

  @Test
  void anotherNodeFindsEverythingAndTheOldOwnerIsShutOut() throws Exception {
    TestProbe<Overtaken> old = one.createTestProbe(Overtaken.class);
    TestProbe<Overtaken> fresh = other.createTestProbe(Overtaken.class);
    // More than a message between nodes may have, with pairs of surrogates wherever it is cut.
    String text = "a" + "\uD83D\uDE00".repeat(99_999);
    get(here.open("key-of-sixteen-a", "digest", "name", request(text), old.getRef()));
    List<KeptWord> all = new ArrayList<>();
    for (int step = 0; step < 4; step++) {
      long first = 1 + 100L * step;
      List<KeptWord> words =
          LongStream.range(first, first + 100).mapToObj(ClusterLedgerTest::word).toList();
      all.addAll(words);
      Progress progress = new Progress(words, 1_000L * step, 100 * step, step);
      assertThat(get(here.keep("key-of-sixteen-a", 1, progress))).isTrue();
      // An answer that was lost: the call is made again and changes nothing.
      assertThat(get(here.keep("key-of-sixteen-a", 1, progress))).isTrue();
    }

    assertThat(get(there.claim("key-of-sixteen-a", "other", fresh.getRef()))).isEmpty();
    assertThat(get(here.isCurrent("key-of-sixteen-a", 1))).isTrue();
    Optional<Handover> handover = get(there.claim("key-of-sixteen-a", "digest", fresh.getRef()));
    assertThat(handover).isPresent();
    assertThat(handover.get().words()).isEqualTo(all);
    assertThat(handover.get().request().text()).isEqualTo(text);
    assertThat(handover.get().request().encoding()).isEqualTo(StreamRequest.Encoding.PCM_F32LE);
    assertThat(handover.get().request().sampleRate()).isEqualTo(44_100);
    assertThat(handover.get().segments()).containsExactly(new Segment(1, 3_000));
    assertThat(handover.get().word()).isEqualTo(300);
    assertThat(handover.get().epoch()).isEqualTo(2);

    assertThat(old.receiveMessage(Duration.ofSeconds(20)))
        .isEqualTo(new Overtaken("key-of-sixteen-a", 2));
    Progress late = new Progress(List.of(word(401)), 9_000, 401, 9);
    assertThat(get(here.keep("key-of-sixteen-a", 1, late))).isFalse();
    assertThat(get(here.isCurrent("key-of-sixteen-a", 1))).isFalse();
    assertThat(get(here.close("key-of-sixteen-a", 1))).isFalse();

    assertThat(get(there.keep("key-of-sixteen-a", 2, new Progress(List.of(), 3_500, 300, 4))))
        .isTrue();
    Handover third = get(here.claim("key-of-sixteen-a", "digest", old.getRef())).orElseThrow();
    assertThat(third.segments()).containsExactly(new Segment(1, 3_000), new Segment(2, 500));
    assertThat(third.words()).isEqualTo(all);
    assertThat(get(here.close("key-of-sixteen-a", 3))).isTrue();
    assertThat(get(there.isKnown("key-of-sixteen-a"))).isFalse();
    assertThat(get(there.claim("key-of-sixteen-a", "digest", fresh.getRef()))).isEmpty();
  }

  @Test
  void aSessionWhoseOwnerIsSilentIsOver() throws Exception {
    TestProbe<Overtaken> owner = one.createTestProbe(Overtaken.class);
    get(here.open("key-of-sixteen-b", "digest", "name", request("text"), owner.getRef()));
    assertThat(get(there.isKnown("key-of-sixteen-b"))).isTrue();
    for (int k = 0; k < 300 && get(there.isKnown("key-of-sixteen-b")); k++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(get(there.isKnown("key-of-sixteen-b"))).isFalse();
  }
}
