package org.chorale.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;

/** Reads back what {@link JsonFormat} wrote. Thread-safe. */
public final class AlignmentJsonReader {

  /** Eleven days; beyond that a number is no time of a recording. */
  private static final double MAX_SECONDS = 1e6;

  private final ObjectMapper mapper = new ObjectMapper();

  /**
   * Reads a file.
   *
   * @throws FormatException one sentence that names the file and what is wrong with it
   */
  public Alignment read(Path file) throws FormatException {
    String json;
    try {
      json = Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new FormatException("There is no alignment '%s'; check the path.".formatted(file), e);
    } catch (IOException e) {
      throw new FormatException(
          "The alignment '%s' cannot be read (%s).".formatted(file, e.getMessage()), e);
    }
    return parse(json, file.toString());
  }

  /**
   * Reads an alignment from its JSON.
   *
   * @param name what messages call it
   * @throws FormatException when it is not an alignment of version 1
   */
  public Alignment parse(String json, String name) throws FormatException {
    try {
      JsonNode root = mapper.readTree(json);
      if (root.path("version").asInt() != 1) {
        throw broken(name, "its version is not 1");
      }
      JsonNode audio = required(root, "audio");
      List<AlignedLine> lines = new ArrayList<>();
      for (JsonNode line : required(root, "lines")) {
        lines.add(line(line));
      }
      List<AlignedWord> words = new ArrayList<>();
      for (JsonNode word : required(root, "words")) {
        words.add(word(word));
      }
      checkLines(lines, words.size());
      return new Alignment(
          new Alignment.Audio(
              required(audio, "path").asText(),
              required(audio, "duration").asDouble(),
              audio.path("sampleRate").asInt(),
              audio.path("channels").asInt()),
          required(root, "language").asText(),
          required(root, "mode").asText(),
          required(root, "model").asText(),
          required(root, "confidence").asDouble(),
          Verdict.valueOf(required(root, "verdict").asText().toUpperCase(Locale.ROOT)),
          lines,
          words,
          root.path("wordsElsewhere").asInt());
    } catch (JsonProcessingException e) {
      throw broken(name, "it is not JSON, " + e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      throw broken(name, e.getMessage());
    }
  }

  /** Whatever is made of an alignment relies on lines that hold every word once, in order. */
  private static void checkLines(List<AlignedLine> lines, int words) {
    int next = 0;
    for (AlignedLine line : lines) {
      if (line.firstWord() != next || line.wordCount() < 0) {
        throw new IllegalArgumentException(
            "a line begins with word %d, not %d".formatted(line.firstWord(), next));
      }
      next += line.wordCount();
    }
    if (next != words) {
      throw new IllegalArgumentException("its lines hold %d words of %d".formatted(next, words));
    }
  }

  private static AlignedLine line(JsonNode node) {
    return new AlignedLine(
        required(node, "text").asText(),
        required(node, "firstWord").asInt(),
        required(node, "wordCount").asInt(),
        time(node, "start"),
        time(node, "end"),
        required(node, "confidence").asDouble());
  }

  private static AlignedWord word(JsonNode node) {
    List<AlignedPhone> phones = new ArrayList<>();
    for (JsonNode phone : node.path("phones")) {
      phones.add(
          new AlignedPhone(
              required(phone, "phone").asText(),
              time(phone, "start"),
              time(phone, "end"),
              required(phone, "confidence").asDouble()));
    }
    return new AlignedWord(
        required(node, "text").asText(),
        required(node, "charStart").asInt(),
        required(node, "charEnd").asInt(),
        required(node, "line").asInt(),
        WordStatus.valueOf(required(node, "status").asText().toUpperCase(Locale.ROOT)),
        time(node, "start"),
        time(node, "end"),
        required(node, "confidence").asDouble(),
        phones);
  }

  private static double time(JsonNode node, String field) {
    JsonNode value = node.path(field);
    double seconds = value.isNumber() ? value.asDouble() : Double.NaN;
    if (seconds < 0 || seconds > MAX_SECONDS) {
      throw new IllegalArgumentException("'%s' is %s".formatted(field, seconds));
    }
    return seconds;
  }

  private static JsonNode required(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      throw new IllegalArgumentException("'%s' is missing".formatted(field));
    }
    return value;
  }

  private static FormatException broken(String name, String why) {
    return new FormatException(
        "'%s' is not an alignment written by Chorale: %s.".formatted(name, why));
  }
}
