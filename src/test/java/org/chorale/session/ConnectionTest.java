package org.chorale.session;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import org.chorale.service.ServiceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionTest {

  private static ActorTestKit kit;

  private TestProbe<SessionRegistry.Command> registry;
  private TestProbe<StreamSession.Command> session;
  private TestProbe<StreamSession.Room> room;
  private TestProbe<Connection.Outgoing> socket;
  private ActorRef<Connection.Command> connection;
  private SessionRegistry.Resume resume;

  @BeforeAll
  static void start() throws Exception {
    kit =
        ActorTestKit.create(
            "connection",
            ServiceConfiguration.over(ConfigFactory.parseString("akka.actor.provider = local")));
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void open() {
    registry = kit.createTestProbe(SessionRegistry.Command.class);
    session = kit.createTestProbe(StreamSession.Command.class);
    room = kit.createTestProbe(StreamSession.Room.class);
    socket = kit.createTestProbe(Connection.Outgoing.class);
    connection = kit.spawn(Connection.create(registry.getRef(), "address"));
    connection.tell(new Connection.Opened(socket.getRef()));
    say(new ClientMessage.Resume("token", 7));
    resume = registry.expectMessageClass(SessionRegistry.Resume.class);
  }

  private void say(ClientMessage message) {
    connection.tell(new Connection.Said(message, room.getRef()));
  }

  private void admit() {
    resume.replyTo().tell(new SessionRegistry.Admitted(session.getRef()));
  }

  private void sent(SessionEvent event) {
    socket.expectMessage(new Connection.Event(event));
    connection.tell(Connection.Sent.NOW);
  }

  @Test
  void whatIsSentBeforeTheSessionIsKnownIsTakenAllTheSame() {
    SessionEvent resumed = new SessionEvent.Resumed("name", 3);
    SessionEvent ack = new SessionEvent.Ack(4);
    resume.client().tell(resumed);
    resume.client().tell(ack);
    sent(resumed);
    sent(ack);
    session.expectNoMessage();
    admit();
    session.expectMessage(new StreamSession.Taken(resume.client()));
    session.expectMessage(new StreamSession.Taken(resume.client()));

    resume.client().tell(ack);
    sent(ack);
    session.expectMessage(new StreamSession.Taken(resume.client()));
    session.expectNoMessage();
  }

  @Test
  void whatIsSaidBeforeTheSessionIsKnownWaits() {
    say(new ClientMessage.Audio(new byte[2]));
    say(new ClientMessage.Finish());
    session.expectNoMessage();
    admit();
    assertThat(session.expectMessageClass(StreamSession.Audio.class).client())
        .isEqualTo(resume.client());
    session.expectMessage(StreamSession.Finish.NOW);
  }

  @Test
  void aMistakeEndsTheSocketAndTheSessionKnowsThatItsClientIsGone() {
    admit();
    say(new ClientMessage.Malformed("What is that?"));
    session.expectMessage(new StreamSession.Detach(resume.client()));
    sent(new SessionEvent.Failed(SessionEvent.Code.BAD_REQUEST, "What is that?", false));
    session.expectMessage(new StreamSession.Taken(resume.client()));
    socket.expectMessage(Connection.Close.NOW);
  }

  @Test
  void aSessionThatMovesClosesTheSocketWithoutAWord() {
    admit();
    resume.client().tell(new SessionEvent.Moved());
    socket.expectMessage(Connection.Close.NOW);
    kit.stop(connection);
    session.expectMessage(new StreamSession.Detach(resume.client()));
  }
}
