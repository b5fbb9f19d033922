package org.chorale.service;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.model.ws.BinaryMessage;
import akka.http.javadsl.model.ws.Message;
import akka.http.javadsl.model.ws.TextMessage;
import akka.http.javadsl.model.ws.WebSocketUpgrade;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.PathMatchers;
import akka.http.javadsl.server.Route;
import akka.stream.Materializer;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.typed.javadsl.ActorSink;
import akka.stream.typed.javadsl.ActorSource;
import akka.util.ByteString;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.chorale.session.ClientMessage;
import org.chorale.session.Connection;
import org.chorale.session.SessionRegistry;
import org.chorale.session.StreamSession;

/** {@code WS /v1/align}: follows a text live. Back-pressure of a session reaches its socket. */
public final class LiveRoute extends AllDirectives implements ServiceRoute {

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** How long the parts of one message may take to come. */
  private static final Duration STRICT = Duration.ofSeconds(20);

  /** Characters of JSON about a text whose every character is escaped. */
  private static final int JSON_FACTOR = 6;

  private static final int JSON_REST = 4_096;

  private final ActorSystem<?> system;
  private final ActorRef<SessionRegistry.Command> registry;
  private final int frameBytes;
  private final int frameCharacters;
  private final LiveProtocol protocol = new LiveProtocol();

  /**
   * The route.
   *
   * @param textCharacters length of the longest text
   * @param frameBytes size of the largest binary message
   */
  public LiveRoute(
      ActorSystem<?> system,
      ActorRef<SessionRegistry.Command> registry,
      int textCharacters,
      int frameBytes) {
    this.system = system;
    this.registry = registry;
    this.frameBytes = frameBytes;
    this.frameCharacters = JSON_FACTOR * textCharacters + JSON_REST;
  }

  @Override
  public Route route() {
    return path(
        PathMatchers.segment("v1").slash("align"),
        () ->
            extractRequest(
                request -> {
                  Optional<WebSocketUpgrade> upgrade =
                      request.getAttribute(AttributeKeys.webSocketUpgrade);
                  if (upgrade.isEmpty()) {
                    return reject();
                  }
                  String address =
                      request
                          .getAttribute(AttributeKeys.remoteAddress)
                          .flatMap(RemoteAddress::getAddress)
                          .map(InetAddress::getHostAddress)
                          .orElse("unknown");
                  return complete(AccessPolicy.open(upgrade.get(), socket(address)));
                }));
  }

  private Flow<Message, Message, ?> socket(String address) {
    CompletionStage<ActorRef<Connection.Command>> connection =
        AskPattern.ask(
            registry,
            replyTo -> new SessionRegistry.Connect(address, replyTo),
            CONNECT,
            system.scheduler());
    return Flow.completionStageFlow(connection.thenApply(this::socket));
  }

  private Flow<Message, Message, NotUsed> socket(ActorRef<Connection.Command> connection) {
    Materializer materializer = Materializer.matFromSystem(system);
    Sink<Message, NotUsed> in =
        Flow.<Message>create()
            .mapAsync(1, message -> read(message, materializer))
            .to(
                ActorSink.actorRefWithBackpressure(
                    connection,
                    (replyTo, said) -> new Connection.Said(said, replyTo),
                    Connection.Ready::new,
                    StreamSession.Room.READY,
                    Connection.Gone.NOW,
                    failure -> Connection.Gone.NOW));
    Source<Message, NotUsed> out =
        ActorSource.<Connection.Outgoing, Connection.Command>actorRefWithBackpressure(
                connection,
                Connection.Sent.NOW,
                o ->
                    o == Connection.Close.NOW
                        ? Optional.of(akka.stream.CompletionStrategy.draining())
                        : Optional.empty(),
                o -> Optional.empty())
            .mapMaterializedValue(
                socket -> {
                  connection.tell(new Connection.Opened(socket));
                  return NotUsed.getInstance();
                })
            .collectType(Connection.Event.class)
            .map(event -> (Message) TextMessage.create(protocol.write(event.event())));
    return Flow.fromSinkAndSourceCoupledMat(in, out, Keep.none());
  }

  private CompletionStage<ClientMessage> read(Message message, Materializer materializer) {
    if (message.isText()) {
      TextMessage text = message.asTextMessage();
      if (text.isStrict()) {
        return CompletableFuture.completedFuture(
            text.getStrictText().length() > frameCharacters
                ? tooLong(frameCharacters, "characters")
                : protocol.read(text.getStrictText()));
      }
      return text.getStreamedText()
          .limitWeighted(frameCharacters, part -> (long) part.length())
          .completionTimeout(STRICT)
          .runFold(new StringBuilder(), StringBuilder::append, materializer)
          .thenApply(all -> protocol.read(all.toString()))
          .exceptionally(e -> tooLong(frameCharacters, "characters"));
    }
    BinaryMessage binary = message.asBinaryMessage();
    if (binary.isStrict()) {
      return CompletableFuture.completedFuture(audio(binary.getStrictData()));
    }
    return binary
        .getStreamedData()
        .limitWeighted(frameBytes, part -> (long) part.size())
        .completionTimeout(STRICT)
        .runFold(ByteString.emptyByteString(), ByteString::concat, materializer)
        .thenApply(this::audio)
        .exceptionally(e -> tooLong(frameBytes, "bytes"));
  }

  private ClientMessage audio(ByteString data) {
    return data.size() > frameBytes
        ? tooLong(frameBytes, "bytes")
        : new ClientMessage.Audio(data.toArray());
  }

  private static ClientMessage tooLong(int most, String unit) {
    return new ClientMessage.Malformed(
        "A message has at most %d %s; send it in parts.".formatted(most, unit));
  }
}
