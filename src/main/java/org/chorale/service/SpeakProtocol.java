package org.chorale.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.chorale.align.Alignment;
import org.chorale.export.ExportOptions;
import org.chorale.export.JsonFormat;
import org.chorale.export.Song;
import org.chorale.synth.SpokenWord;
import org.chorale.synth.Synthesizer;

/** The JSON of speech from text; see docs/protocol.md and the OpenAPI description. Thread-safe. */
final class SpeakProtocol {

  private final ObjectMapper mapper =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private final JsonFormat format = new JsonFormat();

  /**
   * A JSON object.
   *
   * @throws ServiceException when it is none
   */
  JsonNode object(String json) {
    JsonNode read;
    try {
      read = mapper.readTree(json);
    } catch (JsonProcessingException e) {
      throw new ServiceException(ErrorCode.BAD_REQUEST, "This is no JSON; send one JSON object.");
    }
    if (read == null || !read.isObject()) {
      throw new ServiceException(ErrorCode.BAD_REQUEST, "Send one JSON object.");
    }
    return read;
  }

  /** The first frame: what the binary ones hold. */
  String ready(SpeechEngine.Speech speech) {
    return mapper
        .createObjectNode()
        .put("type", "ready")
        .put("sampleRate", Synthesizer.SAMPLE_RATE)
        .put("channels", 1)
        .put("encoding", "pcm_s16le")
        .put("voice", speech.voice())
        .put("language", speech.document().language())
        .put("words", speech.document().words().size())
        .toString();
  }

  /** A word that will be heard. */
  String word(long seq, SpokenWord word, SpeechEngine.Speech speech) {
    return mapper
        .createObjectNode()
        .put("type", "word")
        .put("seq", seq)
        .put("index", word.index())
        .put("text", speech.document().words().get(word.index()).text())
        .put("start", millis(word.startSeconds()))
        .put("end", millis(word.endSeconds()))
        .toString();
  }

  private static double millis(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }

  /** The last frame of a text that was spoken to its end. */
  String done(Alignment alignment) {
    return "{\"type\":\"done\",\"alignment\":" + json(alignment) + "}";
  }

  /** The last frame of one that was not. */
  String cancelled() {
    return "{\"type\":\"cancelled\"}";
  }

  /** The last frame when something went wrong. */
  String error(ServiceException failure) {
    return mapper
        .createObjectNode()
        .put("type", "error")
        .put("code", failure.code().code())
        .put("message", failure.getMessage())
        .put("retryable", failure.code().isRetryable())
        .toString();
  }

  /**
   * Sound and words in one.
   *
   * @param wav a WAV file
   */
  byte[] whole(byte[] wav, Alignment alignment) {
    return ("{\"audio\":\""
            + Base64.getEncoder().encodeToString(wav)
            + "\",\"alignment\":"
            + json(alignment)
            + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private String json(Alignment alignment) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      format.write(Song.of(alignment), ExportOptions.standard(), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8).strip();
  }
}
