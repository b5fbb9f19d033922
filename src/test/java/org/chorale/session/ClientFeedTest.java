package org.chorale.session;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chorale.follow.OnlineEvent;
import org.chorale.service.ServiceConfiguration;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientFeedTest {

  private static final int WORDS = 40;

  private static ActorTestKit kit;

  private TestProbe<SessionEvent> client;
  private SessionWords words;
  private ClientFeed feed;

  @BeforeAll
  static void start() throws Exception {
    kit =
        ActorTestKit.create(
            "feed",
            ServiceConfiguration.over(ConfigFactory.parseString("akka.actor.provider = local")));
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void open() throws Exception {
    client = kit.createTestProbe(SessionEvent.class);
    words = words();
    feed = new ClientFeed(client.getRef(), 0);
    feed.begin(words);
  }

  private static SessionWords words() throws Exception {
    String text =
        IntStream.range(0, WORDS).mapToObj(n -> "word" + n).collect(Collectors.joining(" "));
    return new SessionWords(
        new DocumentReader().parse(new TextFile("text", TextFormat.PLAIN, text), "en"));
  }

  private void say(int from, int to) {
    IntStream.range(from, to).forEach(n -> words.add(new OnlineEvent.Final(n, n, n + 0.5, 0.9)));
  }

  private void makeSure() {
    words.promise();
    words.keepPromises();
  }

  private static SessionEvent.Done done() {
    return new SessionEvent.Done(null, false, false);
  }

  private void expectWords(int from, int to) {
    for (int n = from; n < to; n++) {
      assertThat(client.expectMessageClass(SessionEvent.Word.class).index()).isEqualTo(n);
    }
  }

  @Test
  void wordsComeBeforeTheCursorAndThatBeforeTheAcknowledgement() {
    say(0, 2);
    makeSure();
    feed.cursor(new OnlineEvent.Cursor(2, 2.5));
    feed.tellWaiting(3, 2);
    expectWords(0, 2);
    client.expectMessage(new SessionEvent.Partial(3, 3, 2, 2.5));
    client.expectMessage(new SessionEvent.Ack(2));
    feed.tellWaiting(3.5, 2.9);
    client.expectNoMessage();
  }

  @Test
  void aSlowClientGetsTheLastCursorAndAllWords() {
    say(0, WORDS);
    makeSure();
    feed.cursor(new OnlineEvent.Cursor(WORDS - 2, 1));
    feed.tellWaiting(50, 0);
    expectWords(0, ClientFeed.CREDIT);
    client.expectNoMessage();

    feed.cursor(new OnlineEvent.Cursor(WORDS - 1, 2));
    for (int n = ClientFeed.CREDIT; n < WORDS; n++) {
      assertThat(feed.taken(client.getRef())).isTrue();
      feed.tellWaiting(50, 0);
      expectWords(n, n + 1);
    }
    feed.taken(client.getRef());
    feed.tellWaiting(51, 0);
    client.expectMessage(new SessionEvent.Partial(WORDS + 1, 51, WORDS - 1, 2));
  }

  @Test
  void whatIsNotSureIsNotTold() {
    say(0, 2);
    feed.cursor(new OnlineEvent.Cursor(2, 2.5));
    feed.end(done());
    feed.tellWaiting(3, 0);
    words.promise();
    feed.tellWaiting(3, 0);
    client.expectNoMessage();
    assertThat(feed.isOver()).isFalse();

    words.keepPromises();
    feed.tellWaiting(3, 0);
    expectWords(0, 2);
    client.expectMessageClass(SessionEvent.Partial.class);
    client.expectMessage(done());
    assertThat(feed.isOver()).isTrue();
    feed.tellWaiting(3, 0);
    client.expectNoMessage();
  }

  @Test
  void whoComesBackHearsWhatItMissed() {
    say(0, 2);
    makeSure();
    feed.tellWaiting(3, 0);
    expectWords(0, 2);
    feed.detach();
    assertThat(feed.hasClient()).isFalse();
    say(2, 4);
    makeSure();
    feed.end(done());
    feed.tellWaiting(5, 4);

    TestProbe<SessionEvent> next = kit.createTestProbe(SessionEvent.class);
    assertThat(feed.isOver()).isFalse();
    feed.attach(next.getRef(), 1);
    feed.tellWaiting(5, 4);
    assertThat(List.of(next.receiveMessage(), next.receiveMessage(), next.receiveMessage()))
        .extracting(e -> ((SessionEvent.Word) e).seq())
        .containsExactly(2L, 3L, 4L);
    next.expectMessage(new SessionEvent.Ack(4));
    next.expectMessage(done());
    client.expectNoMessage();
  }

  @Test
  void aSocketThatIsReplacedIsToldAndCountsNoLonger() {
    TestProbe<SessionEvent> next = kit.createTestProbe(SessionEvent.class);
    feed.attach(next.getRef(), 0);
    client.expectMessage(SessionEvent.Failed.elsewhere());
    assertThat(feed.isFor(client.getRef())).isFalse();
    assertThat(feed.taken(client.getRef())).isFalse();
    assertThat(feed.taken(next.getRef())).isTrue();
  }

  @Test
  void whoWasHeardElsewhereGoesOnBehindTheLastThatItHasSeen() throws Exception {
    SessionWords kept = words();
    ClientFeed taken = new ClientFeed(client.getRef(), 7);
    taken.takeUp(
        kept,
        new SessionLedger.Handover(
            2,
            "name",
            null,
            List.of(
                new SessionLedger.KeptWord(3, 0, 0, 1, 1),
                new SessionLedger.KeptWord(9, 1, 1, 2, 1)),
            List.of(),
            2,
            2),
        5);
    taken.tellWaiting(2, 5.5);
    assertThat(client.expectMessageClass(SessionEvent.Word.class).seq()).isEqualTo(9);
    // What was acknowledged there is not acknowledged again.
    client.expectNoMessage();
    taken.cursor(new OnlineEvent.Cursor(2, 2));
    taken.tellWaiting(2, 6);
    assertThat(client.expectMessageClass(SessionEvent.Partial.class).seq()).isEqualTo(10);
    client.expectMessage(new SessionEvent.Ack(6));
  }
}
