package org.chorale.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.chorale.export.ExportOptions;
import org.chorale.export.JsonFormat;
import org.chorale.export.Song;
import org.chorale.session.ClientMessage;
import org.chorale.session.SessionEvent;
import org.chorale.session.StreamRequest;
import org.chorale.session.StreamRequest.Encoding;
import org.chorale.session.StreamRequest.Granularity;
import org.chorale.session.StreamRequest.Mode;

/** The JSON of the WebSocket protocol, version 1; see docs/protocol.md. Thread-safe. */
final class LiveProtocol {

  private static final int LOWEST_RATE = 8_000;
  private static final int HIGHEST_RATE = 192_000;
  private static final int MOST_CHANNELS = 8;
  private static final int LONGEST_NAME = 100;

  private static final Map<String, Mode> MODES =
      Map.of("speech", Mode.SPEECH, "auto", Mode.SPEECH, "lyrics", Mode.LYRICS);
  private static final Map<String, Encoding> ENCODINGS =
      Map.of(
          "pcm_s16le", Encoding.PCM_S16LE,
          "pcm_f32le", Encoding.PCM_F32LE,
          "opus", Encoding.OPUS);
  private static final Map<String, Granularity> GRANULARITIES =
      Map.of("word", Granularity.WORD, "phone", Granularity.PHONE);

  private final ObjectMapper mapper =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private final JsonFormat format = new JsonFormat();

  /** A field that is not what it should be. */
  private static final class Problem extends Exception {
    private static final long serialVersionUID = 1L;

    Problem(String sentence) {
      super(sentence);
    }
  }

  /** What a client's text frame says. */
  ClientMessage read(String frame) {
    try {
      JsonNode json = mapper.readTree(frame);
      if (json == null || !json.isObject()) {
        throw new Problem("A text frame holds one JSON object.");
      }
      return message(json);
    } catch (JsonProcessingException e) {
      return new ClientMessage.Malformed("A text frame holds one JSON object; this is no JSON.");
    } catch (Problem e) {
      return new ClientMessage.Malformed(e.getMessage());
    }
  }

  private static ClientMessage message(JsonNode json) throws Problem {
    String type = json.path("type").asText();
    return switch (type) {
      case "start" -> new ClientMessage.Start(request(json));
      case "resume" ->
          new ClientMessage.Resume(
              text(json, "resumeToken"), number(json, "lastSeq", 0, 0, Long.MAX_VALUE));
      case "seek" -> new ClientMessage.Seek((int) number(json, "word", null, 0, Integer.MAX_VALUE));
      case "finalize" -> new ClientMessage.Settle();
      case "keepalive" -> new ClientMessage.Keepalive();
      case "finish" -> new ClientMessage.Finish();
      default ->
          throw new Problem("'type' is none of start, resume, seek, finalize, keepalive, finish.");
    };
  }

  private static StreamRequest request(JsonNode json) throws Problem {
    Encoding encoding = choice(json, "encoding", "pcm_s16le", ENCODINGS);
    String session = json.path("session").asText("");
    if (session.length() > LONGEST_NAME || session.chars().anyMatch(Character::isISOControl)) {
      throw new Problem("'session' is a name of at most %d characters.".formatted(LONGEST_NAME));
    }
    return new StreamRequest(
        text(json, "text"),
        json.path("language").asText("auto"),
        choice(json, "mode", "speech", MODES),
        encoding,
        (int) number(json, "sampleRate", 16_000, LOWEST_RATE, HIGHEST_RATE),
        (int) number(json, "channels", 1, 1, MOST_CHANNELS),
        choice(json, "granularity", "word", GRANULARITIES),
        session.isEmpty() ? null : session);
  }

  private static String text(JsonNode json, String field) throws Problem {
    JsonNode value = json.path(field);
    if (!value.isTextual()) {
      throw new Problem("'%s' is missing, or no string.".formatted(field));
    }
    return value.asText();
  }

  private static long number(JsonNode json, String field, Integer otherwise, long least, long most)
      throws Problem {
    JsonNode value = json.path(field);
    if (value.isMissingNode() && otherwise != null) {
      return otherwise;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.asLong() < least
        || value.asLong() > most) {
      throw new Problem(
          "'%s' is a whole number of at least %d and at most %d.".formatted(field, least, most));
    }
    return value.asLong();
  }

  private static <T> T choice(JsonNode json, String field, String otherwise, Map<String, T> values)
      throws Problem {
    T value = values.get(json.path(field).asText(otherwise).toLowerCase(Locale.ROOT));
    if (value == null) {
      throw new Problem(
          "'%s' is none of %s."
              .formatted(field, String.join(", ", values.keySet().stream().sorted().toList())));
    }
    return value;
  }

  /** The text frame of an event. */
  String write(SessionEvent event) {
    if (event instanceof SessionEvent.Done done) {
      return "{\"type\":\"done\""
          + (done.ofEvents() ? ",\"ofEvents\":true" : "")
          + ",\"alignment\":"
          + alignment(done)
          + "}";
    }
    return fields(event).toString();
  }

  private ObjectNode fields(SessionEvent event) {
    ObjectNode json = mapper.createObjectNode();
    if (event instanceof SessionEvent.Ready ready) {
      json.put("type", "ready")
          .put("session", ready.session())
          .put("resumeToken", ready.resumeToken());
      json.putObject("limits")
          .put("maxBufferedSeconds", ready.bufferedSeconds())
          .put("idleSeconds", ready.idleSeconds());
    } else if (event instanceof SessionEvent.Resumed resumed) {
      json.put("type", "resumed")
          .put("session", resumed.session())
          .put("audioTime", resumed.audioSeconds());
    } else if (event instanceof SessionEvent.Partial partial) {
      json.put("type", "partial")
          .put("seq", partial.seq())
          .put("audioTime", millis(partial.audioSeconds()))
          .put("word", partial.word())
          .put("start", millis(partial.startSeconds()));
    } else if (event instanceof SessionEvent.Word word) {
      json.put("type", "word")
          .put("seq", word.seq())
          .put("index", word.index())
          .put("text", word.text())
          .put("start", millis(word.startSeconds()))
          .put("end", millis(word.endSeconds()))
          .put("confidence", millis(word.confidence()));
    } else if (event instanceof SessionEvent.Ack ack) {
      // Not rounded: the client cuts its audio there.
      json.put("type", "ack").put("audioTime", ack.audioSeconds());
    } else if (event instanceof SessionEvent.Failed failed) {
      json.put("type", "error")
          .put("code", failed.code().wireName())
          .put("message", ErrorReplies.withoutPaths(failed.message()))
          .put("retryable", failed.retryable());
    }
    return json;
  }

  private String alignment(SessionEvent.Done done) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      format.write(
          Song.of(done.alignment()), ExportOptions.standard().withPhones(done.phones()), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8).strip();
  }

  private static double millis(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
