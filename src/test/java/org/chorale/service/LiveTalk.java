package org.chorale.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A socket of the live service, spoken to frame by frame. */
final class LiveTalk implements WebSocket.Listener {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final StringBuilder text = new StringBuilder();
  private final List<JsonNode> events;
  private WebSocket socket;

  private LiveTalk(List<JsonNode> events) {
    this.events = events;
  }

  /** Opens a socket whose events go into a list, which has to be synchronized. */
  static LiveTalk open(RunningService running, List<JsonNode> events) throws Exception {
    LiveTalk talk = new LiveTalk(events);
    talk.socket =
        running
            .client
            .newWebSocketBuilder()
            .buildAsync(
                URI.create(running.address.toString().replaceFirst("http", "ws") + "v1/align"),
                talk)
            .get(20, TimeUnit.SECONDS);
    return talk;
  }

  void say(String frame) {
    socket.sendText(frame, true).exceptionally(e -> null).join();
  }

  void resume(String token, long lastSeq) {
    say(
        JSON.createObjectNode()
            .put("type", "resume")
            .put("resumeToken", token)
            .put("lastSeq", lastSeq)
            .toString());
  }

  void send(byte[] bytes) {
    socket.sendBinary(ByteBuffer.wrap(bytes), true).exceptionally(e -> null).join();
  }

  JsonNode await(String type) throws InterruptedException {
    for (int k = 0; k < 6_000; k++) {
      synchronized (events) {
        for (JsonNode event : events) {
          if (event.path("type").asText().equals(type)) {
            return event;
          }
        }
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    throw new AssertionError("no '%s' among %s".formatted(type, events));
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      try {
        events.add(JSON.readTree(text.toString()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      text.setLength(0);
    }
    from.request(1);
    return null;
  }
}
